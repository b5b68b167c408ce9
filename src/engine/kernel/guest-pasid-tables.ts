/**
 * What a guest's driver writes into a PASID table of its own, as bits in guest memory, in the words of the platform.
 * The kernel learns nothing of it.
 */
import { hi32, lo32 } from '../bits'
import type { GuestMemory, PasidTable, PasidTableEntry } from '../hw'
import type { TableRef } from '../pt'
import { guestHostPage, takeGuestPages } from './guest-ram'
import type { Machine } from './machine'
import { answer, type Outcome, refuse } from './outcome'
import type { SpaceRecord } from './state'

/** Entries told to a reader at once. */
const MOST_ENTRIES = 64

export interface GuestPasidEntry {
  /** Of the PASID table, a guest address. Bytes. */
  readonly table: bigint
  readonly pasid: bigint
  /** Root of the table that the PASID is led to, a guest address; 0: none. */
  readonly root: bigint
}

/** The guest leads a PASID to one of its tables, or nowhere. */
export function guestPasidSet(machine: Machine, { table, pasid, root }: GuestPasidEntry): Outcome<null> {
  const unit = machine.platform.pasidTables
  if (unit === null)
    return refuse('guest-table.none', { problem: `${machine.platform.title} has no PASID tables of guests` })
  const found = tableAt(machine, table)
  if (!found.ok) return found
  const bits = unit.pasidBits(found.value)
  if (pasid < 0n || pasid >= 1n << BigInt(bits)) return refuse('guest-table.pasid', { pasid, bits })
  const to = root === 0n ? answer(null) : firstStageAt(machine, root)
  if (!to.ok) return to
  const entry = { pasid: Number(pasid), to: to.value }
  const done = unit.set(machine.hwConfig, memoryOf(machine), found.value, entry)
  return done === 'done' ? answer(null) : refuse('guest-table.no-memory', { gpa: table })
}

/** The entries of a space's PASID table that are valid, for a reader. */
export function pasidTableEntries(machine: Machine, space: SpaceRecord): readonly PasidTableEntry[] {
  const unit = machine.platform.pasidTables
  if (unit === null || space.pasidTable === null) return []
  const table = { ...space.pasidTable, root: Number(space.pasidTable.root) }
  return unit.entries(memoryOf(machine), table, MOST_ENTRIES)
}

/** The PASID table at an address: as it is bound, else of the shape that the platform would take. */
function tableAt(machine: Machine, root: bigint): Outcome<PasidTable> {
  const bound = [...machine.root.spaces.values()].find(space => space.pasidTable?.root === root)?.pasidTable
  if (bound) return answer({ format: bound.format, cfg: bound.cfg, root: Number(root) })
  const device = [...machine.root.devices.values()].find(one => one.hw.pasidBits !== null)?.hw ?? null
  const wish = { format: null, pasidBits: null }
  const made = machine.platform.pasidTables?.table(machine.hwConfig, device, wish)
  if (made === undefined || 'problem' in made)
    return refuse('guest-table.none', { problem: made?.problem ?? 'no PASID table' })
  return answer({ ...made, root: Number(root) })
}

/** A table of the guest's at an address: as it is bound, else in the format that the platform would take. */
function firstStageAt(machine: Machine, root: bigint): Outcome<TableRef> {
  const bound = [...machine.root.spaces.values()].find(space => space.userTable?.root === root)?.userTable
  const format = bound ?? machine.platform.userTable(machine.hwConfig, { format: null, addressBits: null })
  if ('problem' in format) return refuse('guest-table.none', { problem: format.problem })
  return answer({ id: 0, format: format.format, cfg: format.cfg, root: Number(root) })
}

/** Guest memory, where writes are told as the guest's. */
function memoryOf(machine: Machine): GuestMemory {
  const { memory } = machine.bulk
  const behind = new Map<number, number | null>()
  const host = (address: number): number | null => {
    const guest = Math.floor(address / 4096)
    if (!behind.has(guest)) behind.set(guest, guestHostPage(machine, guest))
    const page = behind.get(guest) ?? null
    return page === null ? null : page * 4096 + (address % 4096)
  }
  return {
    read64(address) {
      const hpa = host(address)
      return hpa === null ? null : memory.read64(hpa)
    },
    write64(address, value, what) {
      const hpa = host(address)
      if (hpa === null) return false
      const before = memory.read64(hpa)
      if (before === value) return true
      memory.write64(hpa, lo32(value), hi32(value))
      machine.emit({ kind: 'guest-wrote', actor: 'guest', gpa: BigInt(address), before, after: value, what })
      return true
    },
    take(bytes) {
      const page = takeGuestPages(machine, Math.max(1, bytes / 4096))
      return page === null ? -1 : page * 4096
    },
  }
}
