export const options = [{}, { columns: 3, maxItems: 4, maxSide: 640, format: 'png' }]
export const refused = {
  columns: { columns: 0 },
  maxItems: { maxItems: 1.5 },
  maxSide: { maxSide: -1 },
  format: { format: 'bmp' },
}

const image = { id: 'cat.png', mime: 'image/png', name: 'cat.png', byteLength: 84, width: 6, height: 4 }
export const wires = [
  [
    { image, caption: 'A cat' },
    { image: { ...image, id: 'dog.png', name: 'dog.png' }, caption: null },
  ],
  [],
]
export const answers = [['cat.png', { image: 'dog.png', caption: 'A dog' }]]
