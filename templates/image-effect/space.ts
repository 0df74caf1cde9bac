import { Image, Slider, space } from 'spaces'
import { createImage } from 'spaces/vision'

export default space({
  title: 'Pencil sketch',
  summary: 'Draws a photo with ever broader strokes. Every step is shown as soon as it is done.',
  inputs: {
    photo: Image({ label: 'Photo', maxSide: 1024 }),
    strokes: Slider({ label: 'Broadest stroke', min: 1, max: 12, step: 1, initial: 6, unit: 'px' }),
  },
  outputs: { sketch: Image({ label: 'Sketch' }) },
  action: 'Draw',

  // Each `yield` is a step on the page; the `return` is what stays.
  async *run({ photo, strokes }, { progress, signal }) {
    const gray = photo.grayscale()
    const light = await gray.rgb({ signal })
    let sketch = gray
    for (let sigma = 1; sigma <= strokes; sigma++) {
      const soft = await gray.blur(sigma).rgb({ signal })
      // A pixel as bright as its surroundings becomes paper, a darker one a line.
      const data = light.data.map((value, at) => Math.min(255, (255 * value) / Math.max(1, soft.data[at] ?? 1)))
      sketch = createImage({ ...light, data })
      progress(sigma / strokes, `Stroke of ${sigma} px`)
      yield { sketch }
    }
    return { sketch }
  },

  examples: [{ photo: 'examples/photo.jpg', strokes: 6 }],
})
