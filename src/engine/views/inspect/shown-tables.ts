/**
 * The page tables that answer for a space, wherever they lie: its own and the process's in host memory, and a
 * user's in guest memory, whose pointers hold addresses of the parent and are followed through it.
 */
import { pasidTableEntries } from '../../kernel/guest-pasid-tables'
import type { Machine } from '../../kernel/machine'
import type { SpaceRecord } from '../../kernel/state'
import { eachTranslation } from '../../kernel/translation'
import type { TableRef } from '../../pt'

export interface ShownTable {
  readonly ref: TableRef
  /** The space whose addresses its pointers and pages are; null where they are HPAs. */
  readonly within: SpaceRecord | null
  /** Of the entry of a user's PASID table that leads to it. */
  readonly pasid?: number
}

/** In the order in which they are offered. */
export function shownTables(machine: Machine, space: SpaceRecord): readonly ShownTable[] {
  const { userTable, pasidTable, parent } = space
  if (pasidTable !== null) return tablesByPasid(machine, space)
  if (userTable !== null)
    return [{ ref: userRef(space), within: parent === null ? null : machine.space(parent) }]
  const { processTable } = machine.root
  if (space.kind === 'sva') return processTable === null ? [] : [{ ref: processTable, within: null }]
  return space.tables.map(({ ref }) => ({ ref, within: null }))
}

/** The first-stage tables that the entries of a user's PASID table lead to, in the format that the platform takes. */
function tablesByPasid(machine: Machine, space: SpaceRecord): readonly ShownTable[] {
  const shape = machine.platform.userTable(machine.hwConfig, { format: null, addressBits: null })
  const { parent } = space
  if ('problem' in shape || parent === null) return []
  return pasidTableEntries(machine, space).map(({ pasid, root }) => ({
    // Tables that the kernel knows have numbers from 1.
    ref: { id: -1 - pasid, ...shape, root: Number(root) },
    within: machine.space(parent),
    pasid,
  }))
}

function userRef({ userTable }: SpaceRecord): TableRef {
  if (userTable === null) throw new Error('the space has no table of the user')
  return { ...userTable, root: Number(userTable.root) }
}

/** HPA in bytes of an address that a table's entry holds; null where the parent maps nothing there. */
export function hostOf(machine: Machine, { within }: ShownTable, address: number): number | null {
  if (within === null) return address
  const page = Math.floor(address / 4096)
  let found: number | null = null
  eachTranslation(machine, within.uid, { first: page, last: page }, (_, host) => {
    found = host * 4096 + (address % 4096)
  })
  return found
}
