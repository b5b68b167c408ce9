/**
 * The reader's own keys: which actions have others than the table gives them, and whether single keys
 * (no Ctrl, no Alt) do anything. Kept between visits.
 */
import { createStore } from 'zustand/vanilla'
import { keep, recall } from '../app/storage'

export interface KeyChoices {
  readonly singleKeys: boolean
  /** Keys by action id, in place of those of the table; an empty list takes an action's keys away. */
  readonly own: Readonly<Record<string, readonly string[]>>
}

const KEY = 'keys'
export const DEFAULT_KEYS: KeyChoices = { singleKeys: true, own: {} }

export const keysStore = createStore<KeyChoices>(() => DEFAULT_KEYS)

export function chooseKeys(choices: KeyChoices): void {
  keysStore.setState(choices)
  keep(KEY, JSON.stringify(choices))
}

export function restoreKeys(): void {
  keysStore.setState(readChoices(recall(KEY)))
}

/** What was kept, or the defaults where it cannot be read. */
export function readChoices(kept: string | null): KeyChoices {
  try {
    const value: unknown = JSON.parse(kept ?? 'null')
    if (typeof value !== 'object' || value === null || !('singleKeys' in value) || !('own' in value)) {
      return DEFAULT_KEYS
    }
    return { singleKeys: value.singleKeys !== false, own: ownKeys(value.own) }
  } catch {
    return DEFAULT_KEYS
  }
}

function ownKeys(value: unknown): KeyChoices['own'] {
  if (typeof value !== 'object' || value === null) return {}
  const lists = Object.entries(value).filter((entry): entry is [string, string[]] => isKeyList(entry[1]))
  return Object.fromEntries(lists)
}

function isKeyList(value: unknown): boolean {
  return Array.isArray(value) && value.every(key => typeof key === 'string')
}
