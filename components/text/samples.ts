export const options = [
  {},
  { lines: 4, maxLength: 20, placeholder: 'A squirrel', initial: 'Hello' },
  { type: 'password' },
]
export const refused = {
  lines: { lines: 0 },
  maxLength: { maxLength: 1.5 },
  placeholder: { placeholder: 3 },
  initial: { maxLength: 2, initial: 'abc' },
  type: { type: 'file' },
}
export const wires = ['A squirrel in the style of Picasso', 'two\nlines & <tags>']
export const answers = ['a cat']
