/**
 * The panels' first sizes for the screen at hand; what the reader drags is remembered for each. A screen
 * too small for panels side by side (a phone, 400 % zoom) gets them in one column that scrolls.
 */
import { useSyncExternalStore } from 'react'
import type { CanvasSize } from '../../worker/layout/types'

export interface FrameSizes {
  readonly name: 'wide' | 'narrow' | 'column'
  readonly editor: number
  readonly inspector: number
  readonly dock: number
  /** Heights of the bar above and of a panel's head, as tokens.css has them. */
  readonly heads: number
}

const WIDE: FrameSizes = { name: 'wide', editor: 464, inspector: 436, dock: 236, heads: 44 + 32 }
const NARROW: FrameSizes = { name: 'narrow', editor: 432, inspector: 404, dock: 176, heads: 40 + 30 }
const COLUMN: FrameSizes = { name: 'column', editor: 0, inspector: 0, dock: 0, heads: 0 }
const SEPARATOR = 1
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

const frameSizes = () => (column.matches ? COLUMN : narrow.matches ? NARROW : WIDE)

export function useFrameSizes(): FrameSizes {
  return useSyncExternalStore(subscribe, frameSizes)
}

/** The graph's panel before it stands, where nobody has dragged it: what is drawn for it need not be drawn again. */
export function expectedCanvas(): CanvasSize | null {
  const { name, editor, inspector, dock, heads } = frameSizes()
  if (name === 'column') return null
  return {
    width: innerWidth - editor - inspector - 2 * SEPARATOR,
    height: innerHeight - heads - dock - SEPARATOR,
  }
}
