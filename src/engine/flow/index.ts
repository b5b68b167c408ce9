/**
 * The flow language: text in, program out, one operation at a time.
 *
 * The first passes take a mail apart (mail/), the next lay it out by lines (layout/), the grammar parses one
 * statement at a time (syntax/), the checker knows the words (check/), and the runner hands out calls (run/).
 *
 * Not modelled: loops, functions and types of C (`[1...N]` repeats a statement, other declarations are
 * passed over), the bytes of a struct (`sizeof` is left to the machine as a guess of role `size`), and
 * floating point.
 */

export { compile } from './compile/compile'
export { DEVICE_FORM } from './directives/device'
export { MEMORY_FORM } from './directives/memory'
export { DIRECTIVE_NAMES } from './directives/read-directives'
export { WINDOW_FORM } from './directives/window'
export { parser as flowParser } from './flow.gen'
export { flowHighlighting } from './highlight'
export { type CleanText, cleanMail } from './mail/clean-mail'
export * from './program'
export { createRunner } from './run/runner'
export { formatValue } from './run/values'
export type { Statement } from './syntax/ast'
export { flatten } from './syntax/walk'
export * from './vocabulary'
export { CORE_CONSTANTS, ERRNO_NUMBERS, errnoName } from './words/core-words'
export { didYouMean, nearMisses } from './words/near-miss'
export { CORE_CALLEES } from './words/shape-words'
