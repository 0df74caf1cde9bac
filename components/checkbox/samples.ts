export const options = [{}, { initial: true }]
export const refused = { initial: { initial: 'yes' } }
export const wires = [true, false]
export const answers = [true, false]
