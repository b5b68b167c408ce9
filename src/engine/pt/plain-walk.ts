/**
 * The short way of the walker: three or four levels of 512 items in near memory, a 4 KiB leaf, every right granted. It
 * answers only when nothing at all is special about the path; anything else is left to the long way in walk.ts, which
 * alone knows faults, large pages, other shapes and other memory.
 *
 * High halves are judged by literals, as each mask that is loaded costs a tenth of the speed: a pointer has none, and
 * a leaf none at bit 48 and above. All levels are read before any is judged: three tests a level make the walk twice as slow. That is safe because an
 * address is cut to near memory before it is followed.
 */
import type { Perm } from './contract'
import type { OpenTable } from './table'

/** Word offset of the leaf of a page number below 2^32, or -1. */
export function plainLeaf(table: OpenTable, page: number, access: Perm): number {
  const { data } = table.words
  const pages = 0x03ff_f000 // near addresses of tables; a literal costs nothing, a constant of the module a load
  let at = table.topWord | 0
  let all = -1
  let any = 0
  let anyHigh = 0
  if (table.levels === 4) {
    at = (at + ((page >>> 26) & 1022)) | 0
    all = any = data[at] as number
    anyHigh = data[(at + 1) | 0] as number
    at = (92160 + ((any & pages) >>> 2)) | 0
  } else if (page >>> 27 !== 0) return -1
  at = (at + ((page >>> 17) & 1022)) | 0
  const directory = data[at] as number
  anyHigh |= data[(at + 1) | 0] as number
  at = (92160 + ((directory & pages) >>> 2) + ((page >>> 8) & 1022)) | 0
  const lowest = data[at] as number
  anyHigh |= data[(at + 1) | 0] as number
  at = (92160 + ((lowest & pages) >>> 2) + ((page << 1) & 1022)) | 0
  const leaf = data[at] as number
  const leafHigh = data[(at + 1) | 0] as number
  const need = access === 1 ? table.needRead : access === 2 ? table.needWrite : table.needBoth
  const lacking = ~(all & directory & lowest & leaf) & need
  const special = ((any | directory | lowest) & table.special) | anyHigh | (leafHigh & -65536)
  return (lacking | special) === 0 ? at : -1
}
