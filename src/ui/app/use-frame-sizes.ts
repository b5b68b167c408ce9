/** The panels' first sizes for the screen at hand; what the reader drags is remembered for each. */
import { useSyncExternalStore } from 'react'

export interface FrameSizes {
  readonly name: 'wide' | 'narrow'
  readonly editor: number
  readonly inspector: number
  readonly dock: number
}

const WIDE: FrameSizes = { name: 'wide', editor: 464, inspector: 436, dock: 236 }
const NARROW: FrameSizes = { name: 'narrow', editor: 432, inspector: 404, dock: 176 }
const narrow = matchMedia('(max-width: 1360px), (max-height: 780px)')

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener('change', onChange)
  return () => narrow.removeEventListener('change', onChange)
}

export function useFrameSizes(): FrameSizes {
  return useSyncExternalStore(subscribe, () => (narrow.matches ? NARROW : WIDE))
}
