/** The entry chosen in a page table as one word: first address, level, `!` where it is cut out of its run. */
import type { TableFocus } from '../../engine'

/** `0x2000/0!`; a level left open is left out: `0x2000/`. */
export function entryText(focus: TableFocus | null): string | null {
  if (focus === null) return null
  return `0x${focus.iova.toString(16)}/${focus.level ?? ''}${focus.exact ? '!' : ''}`
}

/** Null for none and for what is no such word. */
export function entryFocus(text: string | undefined): TableFocus | null {
  const parts = /^(0x[0-9a-f]{1,16})\/(\d?)(!?)$/.exec(text ?? '')
  if (parts === null) return null
  const [, iova = '0x0', level, exact] = parts
  return { iova: BigInt(iova), level: level === '' ? null : Number(level), exact: exact === '!' }
}
