/**
 * The addresses that the events of a step map, unmap, pin or access. A child's addresses are followed up
 * the chain of its parents, area by area, to those of the process.
 *
 * Not modelled: which entries of a table a fill wrote, one by one; a fill or clear without a change of
 * areas touches all areas of its space.
 */
import { areasMeeting, EVERY_PAGE } from '../kernel/areas'
import type { Machine } from '../kernel/machine'
import { addressOf, lastByteOf } from '../kernel/state'
import type { MachineEvent } from '../trace/events'
import { routedSpaces, type Scene, spacesNumbered, spacesOfTable } from './scene'

/** Bytes, both ends inclusive. */
export interface AddressRange {
  readonly first: bigint
  readonly last: bigint
}

export interface TouchedRanges {
  readonly iova: readonly AddressRange[]
  readonly hva: readonly AddressRange[]
}

/** Call it while the machine stands as the step left it. */
export function touchedRanges(
  machine: Machine,
  scene: Scene,
  events: readonly MachineEvent[],
): TouchedRanges {
  const look: Look = { machine, scene, events, iova: [], hva: [] }
  for (const event of events) addRanges(look, event)
  return { iova: look.iova, hva: look.hva }
}

interface Look {
  readonly machine: Machine
  readonly scene: Scene
  readonly events: readonly MachineEvent[]
  readonly iova: AddressRange[]
  readonly hva: AddressRange[]
}

function addRanges(look: Look, event: MachineEvent): void {
  switch (event.kind) {
    case 'area-added':
    case 'area-removed':
      addArea(look, event)
      return
    case 'shadowed':
      look.iova.push({ first: event.first, last: event.last })
      return
    case 'pinned':
    case 'unpinned':
      look.hva.push({ first: event.hva, last: event.hva + BigInt(event.pages) * 4096n - 1n })
      return
    case 'fault':
      look.iova.push({ first: event.addr, last: event.addr })
      return
    case 'dma':
      addDma(look, event)
      return
    case 'entries-written':
      addFill(look, event.table)
      return
    default:
  }
}

function addArea(look: Look, event: Extract<MachineEvent, { kind: 'area-added' | 'area-removed' }>): void {
  const { first, last, target } = event
  look.iova.push({ first, last })
  for (const { parent } of spacesNumbered(look.scene, event.space))
    look.hva.push(...processRanges(look.machine, parent, { first: target, last: target + (last - first) }))
}

/** The pieces of a transfer were translated one by one, in the order of its runs. */
function addDma(look: Look, dma: Extract<MachineEvent, { kind: 'dma' }>): void {
  const translated = look.events.filter(one => one.kind === 'translated' && one.seq < dma.seq)
  const pieces = dma.runs.length === 0 ? [] : translated.slice(-dma.runs.length)
  pieces.forEach((piece, i) => {
    if (piece.kind !== 'translated') return
    const range = { first: piece.iova, last: piece.iova + BigInt(dma.runs[i]?.bytes ?? 1) - 1n }
    const [space] = routedSpaces(look.scene, piece.device, piece.pasid)
    look.iova.push(range)
    if (space !== undefined) look.hva.push(...processRanges(look.machine, space.uid, range))
  })
}

function addFill(look: Look, table: number): void {
  const told = look.events.some(one => one.kind === 'area-added' || one.kind === 'area-removed')
  if (told) return
  for (const { uid } of spacesOfTable(look.scene, table)) {
    for (const area of areasMeeting(look.machine, uid, EVERY_PAGE)) {
      const range = { first: addressOf(area.first), last: lastByteOf(area.last) }
      look.iova.push(range)
      look.hva.push(...processRanges(look.machine, uid, range))
    }
  }
}

/** Addresses of the process that a range of a space stands for; of no space, the range itself. */
function processRanges(machine: Machine, uid: number | null, range: AddressRange): AddressRange[] {
  if (uid === null) return [range]
  const space = machine.root.spaces.get(uid)
  if (space === undefined) return []
  const span = { first: Number(range.first >> 12n), last: Number(range.last >> 12n) }
  return areasMeeting(machine, uid, span).flatMap(area => {
    const shift = addressOf(area.target) - addressOf(area.first)
    const first = range.first > addressOf(area.first) ? range.first : addressOf(area.first)
    const last = range.last < lastByteOf(area.last) ? range.last : lastByteOf(area.last)
    return processRanges(machine, space.parent, { first: first + shift, last: last + shift })
  })
}
