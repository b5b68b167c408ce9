/** Which set of colours. `system` leaves it to the operating system and follows it. */
import { createStore } from 'zustand/vanilla'
import { keep, recall } from '../app/storage'

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const
export type Theme = (typeof THEMES)[number]

export const themeStore = createStore<{ readonly theme: Theme }>(() => ({ theme: 'system' }))

export function setTheme(theme: Theme): void {
  themeStore.setState({ theme })
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  keep('theme', theme)
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
}

export function restoreTheme(): void {
  const kept = THEMES.find(theme => theme === recall('theme'))
  if (kept !== undefined) setTheme(kept)
}
