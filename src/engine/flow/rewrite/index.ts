/**
 * Rewrites of a flow's text: pure functions from text to text or to edits, that know lines and not the
 * language. Small enough for the page to carry, which is why this room imports nothing and is, beside
 * `engine/index.ts`, the one part of the engine that the page may run.
 */
export { type Unsaid, writtenIn } from './assumptions'
export { type DirectiveLine, directiveLines } from './directive-lines'
export { applyEdits, type TextEdit } from './edits'
export { newDirective, newStatement } from './new-line'
export { readDirective, setDirective } from './set-directive'
