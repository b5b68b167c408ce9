/** A flow of one API as a flow of another. */
export { type Translated, translateFlow } from './translate'
