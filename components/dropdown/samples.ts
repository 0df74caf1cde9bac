export const options = [
  { choices: ['Euler', { value: 'ddim', label: 'DDIM' }] },
  { choices: [1, 2, 4], multiple: true, initial: [2] },
  { choices: ['a'], initial: null },
]
export const refused = {
  choices: { choices: [] },
  initial: { choices: ['a'], initial: 'b' },
  multiple: { choices: ['a'], multiple: 'yes' },
}
export const wires = ['Euler', 'ddim']
export const answers = ['Euler']
