/** The link of what is shown, what was wrong with the one that was followed, and what was just copied. */
import { createStore } from 'zustand/vanilla'

export interface ShareState {
  /** The whole address, as the address bar has it; null before the first, or where there can be none. */
  readonly address: string | null
  /** Why there is no link for the text. */
  readonly problem: string | null
  /** What is wrong with the link the page was opened by; the text is the one from before. */
  readonly broken: string | null
  /** Said once at the foot of the page; `count` tells two of the same words apart. */
  readonly toast: { readonly text: string; readonly count: number } | null
}

export const shareStore = createStore<ShareState>(() => ({
  address: null,
  problem: null,
  broken: null,
  toast: null,
}))

export function toast(text: string): void {
  shareStore.setState(state => ({ toast: { text, count: (state.toast?.count ?? 0) + 1 } }))
}
