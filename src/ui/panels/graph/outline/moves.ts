/** What the keys of a tree do: arrows walk, Right and Left open and close, Enter chooses. */
import type { TreeLine } from './tree'

export interface TreeMove {
  readonly kind: 'go' | 'open' | 'close' | 'choose'
  /** Index of the line it is about, which then has the focus. */
  readonly to: number
}

/** Null where the key is none of the tree's. */
export function moveIn(lines: readonly TreeLine[], at: number, key: string): TreeMove | null {
  const line = lines[at]
  if (line === undefined) return null
  const go = (to: number): TreeMove => ({ kind: 'go', to: Math.max(0, Math.min(lines.length - 1, to)) })
  switch (key) {
    case 'ArrowDown':
      return go(at + 1)
    case 'ArrowUp':
      return go(at - 1)
    case 'Home':
      return go(0)
    case 'End':
      return go(lines.length - 1)
    case 'ArrowRight':
      return line.open === false ? { kind: 'open', to: at } : go(line.open === null ? at : at + 1)
    case 'ArrowLeft':
      return line.open === true ? { kind: 'close', to: at } : go(above(lines, at))
    case 'Enter':
    case ' ':
      return { kind: 'choose', to: at }
    default:
      return null
  }
}

/** The line that holds this one, or this one at the top. */
function above(lines: readonly TreeLine[], at: number): number {
  const level = lines[at]?.level ?? 1
  const found = lines.slice(0, at).findLastIndex(line => line.level < level)
  return found < 0 ? at : found
}
