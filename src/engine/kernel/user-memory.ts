/** Memory that a call's pointers lead to: whether it is there. Source: iommufd facts 2.0, 2.2, 2.3. */

import { GONE, isReadOnly } from './host-pages'
import type { Machine } from './machine'
import { TREE } from './state'

/**
 * True where the process that calls has all of these bytes, and may write them where `write` is. Where the flow says
 * nothing of memory every address but the first page is there.
 */
export function memoryThere(machine: Machine, address: bigint, length: number, write: boolean): boolean {
  if (length === 0) return true
  if (machine.limits.guessMemory) return address >= 4096n
  const { ranges } = machine.bulk
  const last = Number((address + BigInt(length) - 1n) >> 12n)
  for (let page = Number(address >> 12n); page <= last; ) {
    const slot = ranges.find(TREE.memoryOf(machine.root.task), page)
    if (slot < 0 || ranges.b(slot) & GONE || (write && isReadOnly(ranges.b(slot)))) return false
    page = ranges.last(slot) + 1
  }
  return true
}
