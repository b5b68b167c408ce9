/** What walking the tables of one request comes to, whichever stages take part. */
import type { ItemUpdate, PtConfig, TableRef } from '../../../pt'
import type { HwFault, Reference } from '../../contract'
import type { FaultCondition } from './faults.data'
import type { PagingEntry, PagingTag } from './paging-cache'

/** Where in the tables a fault came up. */
export interface WalkFault {
  readonly condition: FaultCondition
  readonly stage: HwFault['stage']
  readonly level: number | null
  readonly guestAddress?: bigint
}

/** A table below the top that the walk came through, for the paging-structure caches. */
export interface Learnt {
  readonly stage: PagingTag['stage']
  /** `item.value` is what was read; the walk may have set bits in it since. */
  readonly entry: PagingEntry
}

export type StageWalk =
  | {
      readonly ok: true
      /** HPA in bytes of the byte asked for. */
      readonly output: number
      /** Rights of both stages together. */
      readonly perm: number
      /** log2 of the bytes of the smaller page. */
      readonly pageLg2: number
      /** False where a write would still have a dirty bit to set. */
      readonly dirty: boolean
      readonly references: readonly Reference[]
      readonly updated: readonly ItemUpdate[]
      readonly learnt: readonly Learnt[]
    }
  | { readonly ok: false; readonly fault: WalkFault; readonly references: readonly Reference[] }

/** A table as the hardware knows it: by what a PASID or context entry says, not by who made it. */
export const hardwareTable = (format: string, cfg: TableRef['cfg'], root: number): TableRef => {
  return { id: 0, format, cfg, root }
}

const lowerParts = new WeakMap<PtConfig, Map<number, PtConfig>>()

/** A table and an address from where a paging-structure cache says the walk may start; null: from the top. */
export function startAt(
  table: TableRef,
  address: bigint,
  start: PagingEntry | null,
): { readonly table: TableRef; readonly address: bigint } {
  if (start === null) return { table, address }
  const levels = start.level + 1
  const parts = lowerParts.get(table.cfg) ?? new Map<number, PtConfig>()
  const cfg = parts.get(levels) ?? { ...table.cfg, levels }
  lowerParts.set(table.cfg, parts.set(levels, cfg))
  return {
    table: hardwareTable(table.format, cfg, start.table),
    address: BigInt.asUintN(12 + 9 * levels, address),
  }
}

const ADDRESS = 0x000f_ffff_ffff_f000n

/** The tables that the references of one stage in host memory came through, leaf last. */
export function learntFrom(
  references: readonly Reference[],
  at: {
    readonly stage: PagingTag['stage']
    readonly page: number
    readonly start: PagingEntry | null
    permOf(value: bigint): number
  },
): readonly Learnt[] {
  let perm = at.start?.perm ?? 3
  return references.slice(0, -1).map(({ level, address, value }) => {
    perm &= at.permOf(value)
    const table = Number(value & ADDRESS)
    const item = { hpa: address, value }
    const entry = { level: (level ?? 1) - 1, page: at.page, table, host: table, perm, hostPerm: 3, item }
    return { stage: at.stage, entry }
  })
}
