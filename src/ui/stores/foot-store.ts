/** Which list stands open at the foot of the flow. */
import { createStore } from 'zustand/vanilla'

export type FootList = 'problems' | 'assumptions' | 'notes'

export const footStore = createStore<{ readonly open: FootList | null }>(() => ({ open: null }))

/** Opens a list, or closes it where it is open. */
export function toggleFoot(list: FootList): void {
  footStore.setState(({ open }) => ({ open: open === list ? null : list }))
}
