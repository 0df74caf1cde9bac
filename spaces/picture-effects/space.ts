import { Dropdown, Gallery, Image, Slider, space } from 'spaces'
import { createImage } from 'spaces/vision'
import { drawMosaic } from './mosaic.ts'
import { paintOil } from './oil.ts'

const EFFECTS = { 'Oil paint': paintOil, Mosaic: drawMosaic }

export default space({
  title: 'Watch an effect grow',
  summary: 'Paints over a picture step by step. Every step is shown as soon as it is done, and kept.',
  tags: ['picture tools', 'streaming'],
  inputs: {
    picture: Image({ label: 'Picture', maxSide: 720 }),
    effect: Dropdown({ label: 'Effect', choices: ['Oil paint', 'Mosaic'] }),
    steps: Slider({ label: 'Steps', min: 1, max: 8, step: 1, initial: 5 }),
  },
  outputs: {
    canvas: Image({ label: 'Canvas' }),
    history: Gallery({ label: 'Step by step', columns: 4 }),
  },
  action: 'Paint',

  async *run({ picture, effect, steps }, { progress, signal }) {
    const pixels = await picture.pixels({ signal })
    const history = []
    let canvas = picture
    for await (const painted of EFFECTS[effect](pixels, steps, signal)) {
      canvas = createImage(painted)
      history.push({ image: canvas, caption: `Step ${history.length + 1}` })
      progress(history.length / steps, `Step ${history.length} of ${steps}`)
      yield { canvas, history }
    }
    return { canvas, history }
  },

  examples: [
    { picture: 'examples/cat.jpg', effect: 'Oil paint', steps: 5 },
    { picture: 'examples/rocket.jpg', effect: 'Mosaic', steps: 8 },
  ],
})
