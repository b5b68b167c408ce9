/** `#memory HVA SIZE [guest [gpa=A]] [pages=4K|2M|1G|scattered] [ro]`, `#memlock SIZE`, `#poke HPA VALUE`. */
import type { Range } from '../layout/pieces'
import type { MemoryDirective } from '../program'
import { complain, type StageDraft } from './draft'
import { keyValue, sizeOf, type Word } from './words'

export const MEMORY_FORM = '#memory HVA SIZE [guest [gpa=A]] [pages=4K|2M|1G|scattered] [ro]'

const PAGES: readonly MemoryDirective['pages'][] = ['4K', '2M', '1G', 'scattered']
const WIDEST = 1n << 64n

export function readMemory(draft: StageDraft, words: readonly Word[], at: Range): void {
  const hva = sizeOf(words[0]?.text ?? '')
  const size = sizeOf(words[1]?.text ?? '')
  if (hva === null || size === null || size === 0n) {
    complain(draft, at, 'memory needs an address and a size', MEMORY_FORM)
    return
  }
  if (hva + size > WIDEST) {
    complain(draft, at, 'this memory would reach past the end of the address space')
    return
  }
  const overlap = draft.memory.some(other => other.hva < hva + size && hva < other.hva + other.size)
  if (overlap) {
    complain(draft, at, 'this memory overlaps another `#memory`')
    return
  }
  let guest = false
  let readOnly = false
  let gpa: bigint | null = null
  let pages: MemoryDirective['pages'] = '2M'
  for (const word of words.slice(2)) {
    const pair = keyValue(word)
    const kind =
      pair?.key === 'pages'
        ? PAGES.find(name => name.toLowerCase() === pair.value.text.toLowerCase())
        : undefined
    const address = pair?.key === 'gpa' ? sizeOf(pair.value.text) : null
    if (kind !== undefined) pages = kind
    else if (address !== null) gpa = address
    else if (word.text === 'guest') guest = true
    else if (word.text === 'ro') readOnly = true
    else complain(draft, word, `\`${word.text}\` is not a memory option`, MEMORY_FORM)
  }
  if (gpa !== null && !guest) {
    complain(draft, at, '`gpa=` is for guest memory: add `guest`', MEMORY_FORM)
    return
  }
  draft.memory.push({ hva, size, guest, gpa: guest ? (gpa ?? 0n) : null, pages, readOnly, at })
}

export function readMemlock(draft: StageDraft, words: readonly Word[], at: Range): void {
  const [word] = words
  const size = sizeOf(word?.text ?? '')
  if (word?.text === 'unlimited') draft.memlock = null
  else if (size === null) complain(draft, at, '#memlock needs a size, like 64MB')
  else draft.memlock = size
}

/** A 64-bit little-endian word put into physical memory before step 1. */
export function readPoke(draft: StageDraft, words: readonly Word[], at: Range): void {
  const address = sizeOf(words[0]?.text ?? '')
  const value = sizeOf(words[1]?.text ?? '')
  if (address === null || value === null || words.length !== 2) {
    complain(draft, at, '#poke needs an address and a value')
    return
  }
  if (address % 8n !== 0n) {
    complain(draft, at, '#poke writes 8 bytes: its address is a multiple of 8')
    return
  }
  draft.pokes.push({ address, value, at })
}
