/** The author's text. Everything else the page shows is made from it. */
import { createStore } from 'zustand/vanilla'

export interface TextState {
  readonly text: string
  /** Counts edits; a run answers the revision it was given. */
  readonly revision: number
  readonly saved: 'saved' | 'saving' | 'forbidden'
}

export const textStore = createStore<TextState>(() => ({ text: '', revision: 0, saved: 'saved' }))
