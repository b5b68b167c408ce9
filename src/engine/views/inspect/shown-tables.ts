/**
 * The page tables that answer for a space, wherever they lie: its own and the process's in host memory, and a
 * user's in guest memory, whose pointers hold addresses of the parent and are followed through it.
 */
import type { Machine } from '../../kernel/machine'
import type { SpaceRecord } from '../../kernel/state'
import { eachTranslation } from '../../kernel/translation'
import type { TableRef } from '../../pt'

export interface ShownTable {
  readonly ref: TableRef
  /** The space whose addresses its pointers and pages are; null where they are HPAs. */
  readonly within: SpaceRecord | null
}

/** In the order in which they are offered. */
export function shownTables(machine: Machine, space: SpaceRecord): readonly ShownTable[] {
  const { userTable, parent } = space
  if (userTable !== null)
    return [{ ref: userRef(space), within: parent === null ? null : machine.space(parent) }]
  const { processTable } = machine.root
  if (space.kind === 'sva') return processTable === null ? [] : [{ ref: processTable, within: null }]
  return space.tables.map(({ ref }) => ({ ref, within: null }))
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
