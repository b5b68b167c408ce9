/** The second-stage table that a context or PASID entry points to, walked (VT-d 3.7). */
import { InvariantError, unreachable } from '../../../bits'
import { type PtConfig, type TableRef, type WalkReason, walkAddress } from '../../../pt'
import { accessBits } from '../../cached-answer'
import type { Access, HwContext, Reference, TranslateRequest } from '../../contract'
import { tableReference } from '../../reports'
import { HAW, type VtdConfig } from './config'
import type { FaultCondition } from './faults.data'
import type { PagingEntry } from './paging-cache'
import { hardwareTable, learntFrom, type StageWalk, startAt } from './stage-walk'
import type { SecondStage } from './target'

export const SECOND_STAGE = 'vtd-ss'

const LEAF_DIRTY = 1n << 9n

const configs = new Map<string, PtConfig>()

/** How the unit reads tables of that many levels. One object per meaning, as geometries are kept by object. */
export function secondStageConfig(config: VtdConfig, levels: number, ad: boolean): PtConfig {
  const { largestPageLg2, snoopControl } = config
  const key = `${levels} ${largestPageLg2} ${ad} ${snoopControl}`
  const cfg = configs.get(key) ?? { levels, maxPageLg2: largestPageLg2, ad, haw: HAW, snoopControl }
  configs.set(key, cfg)
  return cfg
}

const snoopingConfigs = new WeakMap<PtConfig, PtConfig>()

/** The same with SNP in every leaf. */
export function snoopingConfig(cfg: PtConfig): PtConfig {
  const snooping = snoopingConfigs.get(cfg) ?? { ...cfg, snoop: true }
  snoopingConfigs.set(cfg, snooping)
  return snooping
}

export const secondTable = (config: VtdConfig, { levels, root, accessedDirty }: SecondStage): TableRef =>
  hardwareTable(SECOND_STAGE, secondStageConfig(config, levels, accessedDirty), root)

export interface SecondWalkOptions {
  /** Where a paging-structure cache lets the walk start. */
  readonly start?: PagingEntry | null
  /** What the references are for, in a nested translation. */
  readonly serves?: Reference['serves']
}

/** Walks for one address; accessed and dirty bits are set only where `commit` is. */
export function walkSecondStage(
  ctx: HwContext,
  whole: TableRef,
  request: Pick<TranslateRequest, 'address' | 'access' | 'commit'>,
  { start = null, serves }: SecondWalkOptions = {},
): StageWalk {
  const references: Reference[] = []
  const { table, address } = startAt(whole, request.address, start)
  const result = walkAddress(ctx.bulk, table, address, {
    access: accessBits(request.access),
    commit: request.commit,
    log(level, hpa, value) {
      references.push(tableReference(table, 'second', { level, hpa, value }, serves))
    },
  })
  if (!result.ok) {
    const condition = conditionOf(result.reason, request.access)
    return { ok: false, fault: { condition, stage: 'second', level: result.level }, references }
  }
  const { output, pageLg2, updated } = result
  const perm = result.perm & (start?.perm ?? 3)
  const keepsDirty = table.cfg.ad === true
  const dirty = !keepsDirty || request.access === 'write' || isDirty(references)
  const page = Number(request.address >> 12n)
  const learnt = learntFrom(references, { stage: 'second', page, start, permOf: value => Number(value & 3n) })
  return { ok: true, output, perm, pageLg2, dirty, references, updated, learnt }
}

const isDirty = (references: readonly Reference[]): boolean =>
  ((references.at(-1)?.value ?? 0n) & LEAF_DIRTY) !== 0n

/** What the walker's reason is to VT-d. */
function conditionOf(reason: WalkReason, access: Access): FaultCondition {
  switch (reason) {
    case 'not-present':
      return access === 'read' ? 'not-present-read' : 'not-present-write'
    case 'permission':
      return access === 'read' ? 'no-read' : 'no-write'
    case 'reserved':
      return 'entry-reserved'
    case 'address-range':
      return 'beyond-width'
    case 'refused':
      throw new InvariantError('host tables are read directly')
    default:
      return unreachable(reason)
  }
}
