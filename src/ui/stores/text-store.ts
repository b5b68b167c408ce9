/** The author's text. Everything else the page shows is made from it. */
import { createStore } from 'zustand/vanilla'
import type { Saved } from '../keep/keeper'

/** Where a text came from that took the place of another. */
export type Source = 'link' | 'example' | 'paste' | 'file' | 'history'

export interface TextState {
  readonly text: string
  /** Counts edits; a run answers the revision it was given. */
  readonly revision: number
  readonly saved: Saved
  /** The text is as it was opened; the author has not changed it. */
  readonly untouched: boolean
  /** What the author last wrote and then gave way to something opened; null where nothing did. */
  readonly mine: string | null
  /** Why a file was not opened, until it is put away. */
  readonly problem: string | null
  /** What was opened over it, until the notice is put away. */
  readonly opened: { readonly from: Source; readonly title: string } | null
}

export const textStore = createStore<TextState>(() => ({
  text: '',
  revision: 0,
  saved: 'saved',
  untouched: true,
  mine: null,
  problem: null,
  opened: null,
}))
