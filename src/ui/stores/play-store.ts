/** Whether the flow plays by itself, and how fast. */
import { createStore } from 'zustand/vanilla'

export const SPEEDS = [0.5, 1, 2, 4] as const
export type Speed = (typeof SPEEDS)[number]

export const playStore = createStore<{ readonly playing: boolean; readonly speed: Speed }>(() => ({
  playing: false,
  speed: 1,
}))

/** The next speed up or down, within the list. */
export function changeSpeed(by: 1 | -1): void {
  playStore.setState(({ speed }) => {
    const at = SPEEDS.indexOf(speed) + by
    return { speed: SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))] ?? speed }
  })
}
