export const options = [{}, { top: 3 }]
export const refused = { top: { top: 0 } }
export const wires = [
  [
    { label: 'tabby cat', score: 0.714 },
    { label: 'lynx', score: 0.012 },
  ],
  [{ label: 'tabby cat', score: null }],
  [],
]
export const answers = [[{ label: 'tabby cat', score: 0.7 }], { cat: 0.2, dog: 0.8 }, 'tabby cat']
