/** The last dialect, platform or policy chosen from a panel, and what came of it. */
import { createStore } from 'zustand/vanilla'
import type { Choices } from '../../engine'
import type { Difference } from '../format/first-difference'

export interface MadeChoice {
  /** `unmap=exact -> type1`. */
  readonly label: string
  /** Of the text with the choice in it: later edits make it old. */
  readonly revision: number
  /** Null until the run that it asked for has answered. */
  readonly result: ChoiceResult | null
}

export interface ChoiceResult {
  /** Null where every step came out the same. */
  readonly difference: Difference | null
  /** Errors of the text under the new choice. */
  readonly errors: number
}

export interface ChoiceState {
  /** What there is to choose from; null until the engine has told. */
  readonly choices: Choices | null
  readonly made: MadeChoice | null
}

export const choiceStore = createStore<ChoiceState>(() => ({ choices: null, made: null }))
