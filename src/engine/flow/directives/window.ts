/**
 * `#window LIOBN [start=..] [size=..] [page=4K|64K|16M] [levels=N] [devices=dev1,dev2] [space=NAME]`: one DMA
 * window of a PAPR machine. Without options: bus 0, 1 GiB, 4 KiB pages, one level, all devices, any space.
 */
import type { Range } from '../layout/pieces'
import type { WindowDirective } from '../program'
import { complain, type Placed, type StageDraft } from './draft'
import { countOf, keyValue, sizeOf, type Word } from './words'

type Draft = { -readonly [K in keyof Placed<WindowDirective>]: Placed<WindowDirective>[K] }

export const WINDOW_FORM =
  '#window LIOBN [start=A] [size=S] [page=4K|64K|16M] [levels=1-5] [devices=dev1,dev2] [space=NAME]'

const PAGE_SIZES: ReadonlySet<bigint> = new Set([1n << 12n, 1n << 16n, 1n << 24n])

export function readWindow(draft: StageDraft, words: readonly Word[], at: Range): void {
  const liobn = countOf(words[0]?.text ?? '', 0, 0xffff_ffff)
  if (liobn === null) {
    complain(draft, at, 'a window needs its LIOBN', WINDOW_FORM)
    return
  }
  const window: Draft = {
    liobn,
    start: 0n,
    size: 1n << 30n,
    pageSize: 1n << 12n,
    levels: 1,
    devices: [],
    space: null,
    at,
  }
  for (const word of words.slice(1)) {
    const pair = keyValue(word)
    const problem = pair === null ? 'not an option' : setOption(window, pair.key, pair.value.text)
    if (problem !== null) complain(draft, word, `\`${word.text}\`: ${problem}`, WINDOW_FORM)
  }
  const misfit = misfitOf(window, draft)
  if (misfit !== null) complain(draft, at, misfit, WINDOW_FORM)
  else draft.windows.push(window)
}

/** Null if it was set, else what is wrong with it. */
function setOption(window: Draft, key: string, text: string): string | null {
  const size = sizeOf(text)
  switch (key) {
    case 'start':
      return size === null ? 'not an address' : assign(() => (window.start = size))
    case 'size':
      return size === null || size === 0n ? 'not a size' : assign(() => (window.size = size))
    case 'page':
      return size === null || !PAGE_SIZES.has(size)
        ? '4K, 64K or 16M'
        : assign(() => (window.pageSize = size))
    case 'levels': {
      const levels = countOf(text, 1, 5)
      return levels === null ? '1 to 5' : assign(() => (window.levels = levels))
    }
    case 'devices':
      return assign(() => (window.devices = text.split(',').filter(name => name !== '')))
    case 'space':
      return assign(() => (window.space = text))
    default:
      return 'not an option'
  }
}

function assign(set: () => void): null {
  set()
  return null
}

function misfitOf(window: Draft, draft: StageDraft): string | null {
  if (draft.windows.some(other => other.liobn === window.liobn))
    return `window ${window.liobn} is described already`
  if (window.start % window.pageSize !== 0n || window.size % window.pageSize !== 0n) {
    return 'start and size are multiples of the page size'
  }
  return window.start + window.size > 1n << 64n ? 'the window reaches past the end of the bus' : null
}
