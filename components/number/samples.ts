export const options = [{}, { min: 1, max: 8, step: 1, unit: 'ms', initial: 3, placeholder: 'How many' }]
export const refused = {
  min: { min: 3, max: 2 },
  max: { max: '3' },
  step: { step: 0 },
  unit: { unit: 3 },
  initial: { min: 1, initial: 0 },
  placeholder: { placeholder: 3 },
}
export const wires = [38.2, 0, -1]
export const answers = [38.2]
