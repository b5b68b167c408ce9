/**
 * The first-stage table that a PASID entry points to, in host memory, walked (VT-d 3.6).
 *
 * Not modelled: supervisor and execute requests: every request is a user's, for data.
 */
import { InvariantError, unreachable } from '../../../bits'
import { type PtConfig, type TableRef, type WalkReason, walkAddress } from '../../../pt'
import { accessBits } from '../../cached-answer'
import type { Access, HwContext, Reference, TranslateRequest } from '../../contract'
import { tableReference } from '../../reports'
import { HAW } from './config'
import type { FaultCondition } from './faults.data'
import type { PagingEntry } from './paging-cache'
import { hardwareTable, learntFrom, type StageWalk, startAt } from './stage-walk'
import type { FirstStage } from './target'

export const FIRST_STAGE = 'vtd-fs'

/** Guest addresses are judged by the second stage's width, not by bits of the entry. */
const GUEST_ADDRESS_BITS = 52

const LEAF_DIRTY = 1n << 6n
const WRITABLE = 1n << 1n
const USER = 1n << 2n

const configs = new Map<string, PtConfig>()

/** How the unit reads such a table. One object per meaning, as geometries are kept by object. */
export function firstStageConfig(stage: Omit<FirstStage, 'root'>, nested: boolean): PtConfig {
  const { levels, executeDisable: nxe, extendedAccessed: eafe } = stage
  const key = `${levels} ${nxe} ${eafe} ${nested}`
  const haw = nested ? GUEST_ADDRESS_BITS : HAW
  const cfg = configs.get(key) ?? { levels, nxe, eafe, haw }
  configs.set(key, cfg)
  return cfg
}

export const firstTable = (stage: FirstStage, nested: boolean): TableRef =>
  hardwareTable(FIRST_STAGE, firstStageConfig(stage, nested), stage.root)

/** Walks for one address; accessed and dirty bits are set only where `commit` is. */
export function walkFirstStage(
  ctx: HwContext,
  whole: TableRef,
  request: TranslateRequest,
  start: PagingEntry | null,
): StageWalk {
  const references: Reference[] = []
  const { table, address } = startAt(whole, request.address, start)
  const result = walkAddress(ctx.bulk, table, address, {
    access: accessBits(request.access),
    commit: request.commit,
    log: (level, hpa, value) => references.push(tableReference(table, 'first', { level, hpa, value })),
  })
  if (!result.ok) {
    const condition = firstCondition(result.reason, request.access, references)
    return { ok: false, fault: { condition, stage: 'first', level: result.level }, references }
  }
  const { output, pageLg2, updated } = result
  const perm = result.perm & (start?.perm ?? 3)
  const dirty = request.access === 'write' || isDirty(references.at(-1)?.value ?? 0n)
  const page = Number(request.address >> 12n)
  const learnt = learntFrom(references, { stage: 'first', page, start, permOf: rightsOf })
  return { ok: true, output, perm, pageLg2, dirty, references, updated, learnt }
}

/** The rights that a first-stage entry leaves to what lies below it. */
export const rightsOf = (value: bigint): number =>
  (value & USER) === 0n ? 0 : (value & WRITABLE) === 0n ? 1 : 3

export const isDirty = (leaf: bigint): boolean => (leaf & LEAF_DIRTY) !== 0n

/** What the walker's reason is to VT-d, given the entries that were read. */
export function firstCondition(
  reason: WalkReason,
  access: Access,
  read: readonly Reference[],
): FaultCondition {
  switch (reason) {
    case 'not-present':
      return 'first-not-present'
    case 'permission':
      if (read.some(({ stage, value }) => stage === 'first' && (value & USER) === 0n)) return 'user-denied'
      return access === 'read' ? 'no-read' : 'no-write'
    case 'reserved':
      return 'first-reserved'
    case 'address-range':
      return 'not-canonical'
    case 'refused':
      throw new InvariantError('host tables are read directly')
    default:
      return unreachable(reason)
  }
}
