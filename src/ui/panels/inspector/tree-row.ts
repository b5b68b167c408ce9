/** How a row of a page table is worded. */
import type { TreeRow } from '../../../engine'

type Named = Pick<TreeRow, 'name' | 'index' | 'lastIndex'>

/** `PT[2]`, `PT[3..511]`. */
export function rowName({ name, index, lastIndex }: Named): string {
  const short = name.replace(/ table$/, '')
  return lastIndex > index ? `${short}[${index}..${lastIndex}]` : `${short}[${index}]`
}

/** How many entries a run stands for; 1 for a single one. */
export function runLength({ index, lastIndex }: Named): number {
  return lastIndex - index + 1
}

/** What the entry grants, or why it maps nothing. */
export function rightsText({ kind, perm }: Pick<TreeRow, 'kind' | 'perm'>): string {
  if (kind === 'malformed') return 'malformed'
  return perm === '' ? 'none' : [...perm.toUpperCase()].join(' ')
}
