export const options = [
  { choices: ['Square', { value: 'tall', label: 'Portrait' }] },
  { choices: [1, 2], initial: null },
]
export const refused = { choices: { choices: ['a', 'a'] }, initial: { choices: ['a'], initial: 'b' } }
export const wires = ['Square', 'tall']
export const answers = ['tall']
