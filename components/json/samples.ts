export const options = [{}, { open: 0, initial: { a: [1, 2] } }]
export const refused = { open: { open: -1 }, initial: { initial: () => 1 } }
export const wires = [{ boxes: [{ label: 'cat', score: 0.9 }], none: null, list: [] }, 'text', 3, true, []]
export const answers = [{ at: new Date(0), mask: new Uint8Array([1, 2]) }]
export const unfit = () => 1
