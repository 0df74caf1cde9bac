export { Dropdown } from './dropdown/definition.ts'
export { Image } from './image/definition.ts'
export { Number } from './number/definition.ts'
