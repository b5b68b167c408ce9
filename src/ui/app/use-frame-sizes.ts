/**
 * The panels' first sizes for the screen at hand; what the reader drags is remembered for each. A screen
 * too small for panels side by side (a phone, 400 % zoom) gets them in one column that scrolls.
 */
import { useSyncExternalStore } from 'react'

export interface FrameSizes {
  readonly name: 'wide' | 'narrow' | 'column'
  readonly editor: number
  readonly inspector: number
  readonly dock: number
}

const WIDE: FrameSizes = { name: 'wide', editor: 464, inspector: 436, dock: 236 }
const NARROW: FrameSizes = { name: 'narrow', editor: 432, inspector: 404, dock: 176 }
const COLUMN: FrameSizes = { name: 'column', editor: 0, inspector: 0, dock: 0 }
const narrow = matchMedia('(max-width: 1360px), (max-height: 780px)')
const column = matchMedia('(max-width: 1060px), (max-height: 480px)')

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener('change', onChange)
  column.addEventListener('change', onChange)
  return () => {
    narrow.removeEventListener('change', onChange)
    column.removeEventListener('change', onChange)
  }
}

export function useFrameSizes(): FrameSizes {
  return useSyncExternalStore(subscribe, () => (column.matches ? COLUMN : narrow.matches ? NARROW : WIDE))
}
