/** The tables that a PASID or context entry sets up, walked: first stage, second stage, or both (VT-d 3.6 to 3.8). */
import { InvariantError, unreachable } from '../../../bits'
import type { HwContext, TranslateRequest } from '../../contract'
import { guestWidth, type VtdConfig, widthOf } from './config'
import { firstTable, walkFirstStage } from './first-stage'
import type { SecondStage, VtdTarget } from './lookup'
import { type NestedTables, walkNested } from './nested'
import { secondTable, walkSecondStage } from './second-stage'
import type { StageWalk, WalkFault } from './stage-walk'

/** Bits of an address that a second stage takes. */
const secondBits = (config: VtdConfig, { levels }: Pick<SecondStage, 'levels'>): number =>
  Math.min(widthOf(levels), guestWidth(config))

/** Why an address can never be an input of what is set up, or null. A first stage judges its own while it walks. */
export function inputFault(config: VtdConfig, target: VtdTarget, address: bigint): WalkFault | null {
  if (target.kind === 'first' || target.kind === 'nested') return null
  const bits = secondBits(config, target.kind === 'second' ? target.second : target)
  return address >> BigInt(bits) === 0n ? null : { condition: 'beyond-width', stage: 'second', level: null }
}

/** Walks for one request. A dry walk (`commit` false) changes no word. */
export function walkTarget(
  ctx: HwContext,
  config: VtdConfig,
  target: VtdTarget,
  request: TranslateRequest,
): StageWalk {
  switch (target.kind) {
    case 'second':
      return walkSecondStage(ctx, secondTable(config, target.second), request)
    case 'first':
      return walkFirstStage(ctx, firstTable(target.first, false), request)
    case 'nested':
      return walkNested(ctx, nestedTables(config, target), request)
    case 'pass-through':
      throw new InvariantError('pass-through has no table')
    default:
      return unreachable(target)
  }
}

function nestedTables(config: VtdConfig, target: VtdTarget & { kind: 'nested' }): NestedTables {
  return {
    first: firstTable(target.first, true),
    second: secondTable(config, target.second),
    guestBits: secondBits(config, target.second),
  }
}
