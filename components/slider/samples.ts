export const options = [
  { min: 0, max: 10 },
  { min: -1, max: 1, step: 0.25, unit: 'px', initial: 0.5 },
]
export const refused = {
  min: { min: 3, max: 2 },
  max: { min: 0, max: '3' },
  step: { min: 0, max: 1, step: -1 },
  unit: { min: 0, max: 1, unit: 3 },
  initial: { min: 0, max: 1, initial: 2 },
}
export const wires = [0, 2.5, 10]
export const answers = [4]
