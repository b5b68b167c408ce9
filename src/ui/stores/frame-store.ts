/** What is open over or instead of the workbench. Nothing here is about the flow. */
import { createStore } from 'zustand/vanilla'

/**
 * In place of the workbench: `first`, the paste target and the gallery; `walk`, one translation as large as it goes;
 * `matrix`, table types by operations; `compare`, the flow at hand under several designs; `became`, what became of the proposals' calls.
 */
export type Screen = 'first' | 'workbench' | 'walk' | 'matrix' | 'compare' | 'became'

/** At most one of these is open at a time. */
export type Popup = 'history' | 'share' | 'palette' | 'keys' | 'modelled' | 'dialect' | 'platform' | 'policy'

export interface FrameState {
  readonly screen: Screen
  readonly popup: Popup | null
  /** The knob that the policy panel opens at. */
  readonly knob: string | null
}

export const frameStore = createStore<FrameState>(() => ({ screen: 'workbench', popup: null, knob: null }))

export function openPopup(popup: Popup | null, knob: string | null = null): void {
  frameStore.setState({ popup, knob })
}

export function closePopup(): void {
  openPopup(null)
}

export function showScreen(screen: Screen): void {
  frameStore.setState({ screen, popup: null })
}
