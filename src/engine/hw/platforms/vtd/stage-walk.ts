/** What walking the tables of one request comes to, whichever stages take part. */
import type { ItemUpdate, TableRef } from '../../../pt'
import type { Access, HwFault, Reference } from '../../contract'
import type { FaultCondition } from './faults.data'

/** Where in the tables a fault came up. */
export interface WalkFault {
  readonly condition: FaultCondition
  readonly stage: HwFault['stage']
  readonly level: number | null
  readonly guestAddress?: bigint
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
    }
  | { readonly ok: false; readonly fault: WalkFault; readonly references: readonly Reference[] }

/** A table as the hardware knows it: by what a PASID or context entry says, not by who made it. */
export const hardwareTable = (format: string, cfg: TableRef['cfg'], root: number): TableRef => {
  return { id: 0, format, cfg, root }
}

export const accessBits = (access: Access): number => (access === 'read' ? 1 : 2)
