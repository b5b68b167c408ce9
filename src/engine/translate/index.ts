/** A flow of one API as a flow of another. */
export { compareFlows } from './compare'
export { type Translated, translateFlow } from './translate'
