/** The flow language: text in, program out, one operation at a time. */

export { compile } from './compile/compile'
export { DIRECTIVE_NAMES } from './directives/read-directives'
export { parser as flowParser } from './flow.gen'
export { flowHighlighting } from './highlight'
export { type CleanText, cleanMail } from './mail/clean-mail'
export * from './program'
export { createRunner } from './run/runner'
export { formatValue } from './run/values'
export * from './vocabulary'
export { CORE_CONSTANTS, ERRNO_NUMBERS, errnoName } from './words/core-words'
export { didYouMean, nearMisses } from './words/near-miss'
