/** `spaces/testing`: drive a space without a browser and without a port, typed from the space itself. */

export { type Driven, type DrivenInputs, type OpenSpaceOptions, openSpace } from './open-space.ts'
