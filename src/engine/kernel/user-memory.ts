/** Memory that a call's pointers lead to: whether it is there, and what stands in it. Source: iommufd facts 2.0, 2.2, 2.3. */

import { eachHostRun, GONE, isReadOnly } from './host-pages'
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

/** HPA of a byte of the process that calls; null where it has none there, or nobody knows yet. */
export function hpaOfUser(machine: Machine, address: bigint): number | null {
  let hpa: number | null = null
  const page = Number(address >> 12n)
  eachHostRun(
    machine,
    page,
    page,
    (_, host) => {
      hpa = host * 4096 + Number(address & 0xfffn)
    },
    TREE.memoryOf(machine.root.task),
  )
  return hpa
}

/** copy_from_user and copy_to_user: page by page, as far as there is memory behind; `data` is what is copied. */
export function copyFromUser(machine: Machine, address: bigint, length: number): Uint8Array {
  const data = new Uint8Array(length)
  eachUserPart(machine, address, length, (hpa, from, to) =>
    data.set(machine.bulk.memory.readBytes(hpa, to - from), from),
  )
  return data
}

export function copyToUser(machine: Machine, address: bigint, data: Uint8Array): void {
  eachUserPart(machine, address, data.length, (hpa, from, to) =>
    machine.bulk.memory.writeBytes(hpa, data.subarray(from, to)),
  )
}

function eachUserPart(
  machine: Machine,
  address: bigint,
  length: number,
  part: (hpa: number, from: number, to: number) => void,
): void {
  for (let from = 0; from < length; ) {
    const at = address + BigInt(from)
    const to = Math.min(length, from + Number(4096n - (at & 0xfffn)))
    const hpa = hpaOfUser(machine, at)
    if (hpa !== null) part(hpa, from, to)
    from = to
  }
}
