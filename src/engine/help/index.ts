/** Help for the words of a flow: cards, and what may be typed next. */
export { type Completion, type Completions, completionsAt } from './complete'
export type * from './contract'
export { helpAt, helpFor } from './help'
