import { Gallery, Image, Slider, space, Text } from 'spaces'
import { createImage } from 'spaces/vision'
import { findPalette, type Swatch } from './palette.ts'

export default space({
  title: 'The colours of a picture',
  summary: 'Finds the colours that make up a picture, as swatches to look at and as CSS to take along.',
  tags: ['picture tools'],
  inputs: {
    picture: Image({ label: 'Picture', maxSide: 1536 }),
    count: Slider({ label: 'Colours', min: 2, max: 12, step: 1, initial: 6 }),
  },
  outputs: {
    swatches: Gallery({ label: 'Swatches', columns: 3 }),
    css: Text({ label: 'CSS', lines: 8 }),
  },
  action: 'Find the colours',
  live: true,

  async run({ picture, count }, { signal }) {
    const small = picture.resize({ width: 160, height: 160, fit: 'inside' })
    const swatches = findPalette(await small.pixels({ signal }), count)
    return {
      swatches: swatches.map((swatch) => ({
        image: paint(swatch),
        caption: `${swatch.hex} · ${percent(swatch.share)}`,
      })),
      css: `:root {\n${swatches.map(({ hex }, index) => `  --color-${index + 1}: ${hex};`).join('\n')}\n}`,
    }
  },

  examples: [
    { picture: 'examples/dahlia.jpg', count: 6 },
    { picture: 'examples/palace.jpg', count: 8 },
    { picture: 'examples/lion.jpg', count: 4 },
  ],
})

const percent = (share: number) => `${Math.round(share * 100)} %`

/** A plain card in the swatch's colour, 240 x 160 pixels. */
function paint({ rgb }: Swatch) {
  const [width, height] = [240, 160]
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 3) data.set(rgb, at)
  return createImage({ width, height, channels: 3, data })
}
