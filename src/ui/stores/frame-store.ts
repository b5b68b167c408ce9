/** What is open over or instead of the workbench. Nothing here is about the flow. */
import { createStore } from 'zustand/vanilla'

/** `first`: the paste target and the gallery, in place of the workbench. */
export type Screen = 'first' | 'workbench'

/** At most one of these is open at a time. */
export type Popup = 'palette' | 'keys' | 'dialect' | 'platform' | 'policy'

export interface FrameState {
  readonly screen: Screen
  readonly popup: Popup | null
}

export const frameStore = createStore<FrameState>(() => ({ screen: 'workbench', popup: null }))

export function openPopup(popup: Popup | null): void {
  frameStore.setState({ popup })
}

export function showScreen(screen: Screen): void {
  frameStore.setState({ screen, popup: null })
}
