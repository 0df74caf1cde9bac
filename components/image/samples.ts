export const options = [{}, { maxSide: 640, format: 'png', sources: ['upload'] }]
export const refused = {
  maxSide: { maxSide: 0.5 },
  format: { format: 'bmp' },
  sources: { sources: ['scanner'] },
}
export const wires = [{ id: 'cat.png', mime: 'image/png', name: 'cat.png', byteLength: 84, width: 6, height: 4 }]
export const answers = ['cat.png']
