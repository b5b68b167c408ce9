/** The second-stage table that a context or PASID entry points to, walked (VT-d 3.7). */
import { InvariantError, unreachable } from '../../../bits'
import { type PtConfig, type TableRef, type WalkReason, type WalkResult, walkAddress } from '../../../pt'
import type { Access, HwContext, Reference, TranslateRequest } from '../../contract'
import { tableReference } from '../../reports'
import { HAW, type VtdConfig } from './config'
import type { FaultCondition } from './faults.data'
import type { VtdTarget } from './lookup'

export const SECOND_STAGE = 'vtd-ss'

const configs = new Map<string, PtConfig>()

/** How the unit reads tables of that many levels. One object per meaning, as geometries are kept by object. */
export function secondStageConfig(config: VtdConfig, levels: number, ad: boolean): PtConfig {
  const key = `${levels} ${config.largestPageLg2} ${ad}`
  const cfg = configs.get(key) ?? { levels, maxPageLg2: config.largestPageLg2, ad, haw: HAW }
  configs.set(key, cfg)
  return cfg
}

/** The table as the hardware knows it: by what the entry says, not by who made it. */
export function tableAt(config: VtdConfig, target: VtdTarget): TableRef {
  const cfg = secondStageConfig(config, target.levels, target.accessedDirty)
  return { id: 0, format: SECOND_STAGE, cfg, root: target.root }
}

export interface SecondStageWalk {
  readonly result: WalkResult
  readonly references: readonly Reference[]
}

/** Walks for one request; accessed and dirty bits are set only where `commit` is. */
export function walkSecondStage(
  ctx: HwContext,
  table: TableRef,
  request: Pick<TranslateRequest, 'address' | 'access' | 'commit'>,
): SecondStageWalk {
  const references: Reference[] = []
  const result = walkAddress(ctx.bulk, table, request.address, {
    access: accessBits(request.access),
    commit: request.commit,
    log: (level, hpa, value) => references.push(tableReference(table, 'second', { level, hpa, value })),
  })
  return { result, references }
}

export const accessBits = (access: Access): number => (access === 'read' ? 1 : 2)

/** What the walker's reason is to VT-d. */
export function conditionOf(reason: WalkReason, access: Access): FaultCondition {
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
