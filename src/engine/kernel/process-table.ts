/**
 * The page table of the process itself, as an IOMMU walks it for shared virtual addressing: virtual
 * address in, host page out, for all memory the process has. One table, there while any space uses it.
 *
 * Source: R34. It belongs to the process: spaces point at it and neither map, pin nor charge by it. Not
 * modelled: the table of the processor's own walks (this is a copy in the IOMMU's first-stage format),
 * faults that would bring a page in, since memory of this process is always present.
 */
import { assert } from '../bits'
import { createTable, destroyTable, mapRun, type TableRef } from '../pt'
import { eachHostRun, isReadOnly } from './host-pages'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import { AreaFlag, TREE } from './state'

const EVERY = { first: 0, last: 2 ** 52 - 1 }

/** The table, made where there is none yet. */
export function holdProcessTable(machine: Machine): Outcome<TableRef> {
  const { processTable } = machine.root
  if (processTable !== null) return answer(processTable)
  const spec = machine.platform.processTable(machine.hwConfig)
  assert(spec !== null, 'a platform without process tables takes no attachment to one')
  const wanted = { id: machine.takeTableId(), format: spec.format, cfg: spec.cfg }
  const ref = createTable(machine.bulk, wanted, machine.hw())
  if (ref === null) return refuse('alloc.no-space')
  machine.update({ processTable: ref })
  return extendProcessTable(machine, EVERY.first, EVERY.last) ? answer(ref) : refuse('alloc.no-space')
}

/** Writes pages that have come to be into the table, where there is one. False: no frames for it. */
export function extendProcessTable(machine: Machine, first: number, last: number): boolean {
  const ref = machine.root.processTable
  if (ref === null) return true
  let fits = true
  machine.bulk.ranges.forEachIn(TREE.memory, first, last, slot => {
    const { ranges } = machine.bulk
    const from = Math.max(first, ranges.first(slot))
    const to = Math.min(last, ranges.last(slot))
    const perm = AreaFlag.read | (isReadOnly(ranges.b(slot)) ? 0 : AreaFlag.write)
    eachHostRun(machine, from, to, (page, target, pages) => {
      fits &&= mapRun(machine.bulk, ref, { page, pages, target, perm }, machine.hw())
    })
  })
  return fits
}

/** Gives the table back once no space is attached to it. */
export function dropProcessTable(machine: Machine): void {
  const ref = machine.root.processTable
  const used = [...machine.root.spaces.values()].some(
    space => space.kind === 'sva' && space.attachments.length > 0,
  )
  if (ref === null || used) return
  machine.update({ processTable: null })
  destroyTable(machine.bulk, ref, machine.hw())
}
