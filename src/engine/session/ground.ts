/**
 * What a machine at step 0 is made from, as data: equal grounds make equal machines. Where in the text a
 * directive stands is no part of it, nor is a flow's title.
 */
import type { Dialect } from '../dialects/contract'
import type { ImplicitOpen, Program, Stage } from '../flow'
import type { DeviceAbilities } from '../kernel/machine'
import type { SessionOptions } from './contract'
import { sameData } from './same-data'

export interface Ground {
  readonly dialect: string
  readonly stage: Omit<Stage, 'title' | 'dialect'>
  readonly opens: readonly ImplicitOpen[]
  readonly choice: Pick<SessionOptions, 'platform' | 'policy' | 'viommu'>
  /** What devices that the flow does not declare are able to do. */
  readonly asked: DeviceAbilities
}

/** Of a record anywhere in a ground: where it stands. */
const PLACES: ReadonlySet<string> = new Set(['span', 'line'])

export function groundOf(
  { stage, implicitOpens }: Program,
  dialect: Dialect,
  { platform, policy, viommu }: SessionOptions,
  asked: DeviceAbilities,
): Ground {
  const { title: _title, dialect: _dialect, ...rest } = stage
  const choice = {
    ...(platform === undefined ? {} : { platform }),
    ...(policy === undefined ? {} : { policy }),
    ...(viommu === undefined ? {} : { viommu }),
  }
  return { dialect: dialect.id, stage: rest, opens: implicitOpens, choice, asked }
}

export function sameGround(a: Ground, b: Ground): boolean {
  return sameData(a, b, PLACES)
}
