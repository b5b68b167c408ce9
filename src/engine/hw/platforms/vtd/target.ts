/** What a context or PASID entry that is present and well formed sets up (VT-d 9.3, 9.6). */
import { structField } from '../../struct'
import { guestWidth, levelsOf, type VtdConfig, widthOf } from './config'
import { LEGACY_CONTEXT, PASID_ENTRY, PGTT, TT } from './structures.data'

export interface SecondStage {
  readonly levels: 3 | 4 | 5
  /** HPA of the root. */
  readonly root: number
  readonly accessedDirty: boolean
}

export interface FirstStage {
  readonly levels: 4 | 5
  /** HPA of the root, or its guest address when nested. */
  readonly root: number
  readonly extendedAccessed: boolean
  readonly executeDisable: boolean
}

/** What the configuration says about a request. `pasid` tags what is cached of a first stage. */
export type VtdTarget = { readonly domain: number } & (
  | { readonly kind: 'second'; readonly second: SecondStage }
  | { readonly kind: 'first'; readonly first: FirstStage; readonly pasid: number }
  | {
      readonly kind: 'nested'
      readonly first: FirstStage
      readonly second: SecondStage
      readonly pasid: number
    }
  | { readonly kind: 'pass-through'; readonly levels: 3 | 4 | 5 }
)

type Words = readonly bigint[]

/** Of a legacy context entry; null where it is programmed wrongly. */
export function targetOfContext(config: VtdConfig, context: Words): VtdTarget | null {
  const field = (name: string) => Number(structField(LEGACY_CONTEXT, context, name))
  const levels = levelsOf(config, field('AW'))
  const passThrough = field('TT') === TT.passThrough
  if (levels === null || field('TT') > TT.passThrough) return null
  if (passThrough && widthOf(levels) !== guestWidth(config)) return null
  if (passThrough) return { domain: field('DID'), kind: 'pass-through', levels }
  const second = { levels, root: field('SSPTPTR'), accessedDirty: false }
  return { domain: field('DID'), kind: 'second', second }
}

/** Of a PASID entry; null where it is programmed wrongly. */
export function targetOfPasidEntry(config: VtdConfig, entry: Words, pasid: number): VtdTarget | null {
  const domain = Number(structField(PASID_ENTRY, entry, 'DID'))
  const second = secondStageOf(config, entry)
  const first = firstStageOf(entry)
  switch (Number(structField(PASID_ENTRY, entry, 'PGTT'))) {
    case PGTT.first:
      return first && { domain, kind: 'first', first, pasid }
    case PGTT.second:
      return second && { domain, kind: 'second', second }
    case PGTT.nested:
      return first && second && { domain, kind: 'nested', first, second, pasid }
    case PGTT.passThrough:
      return second && { domain, kind: 'pass-through', levels: second.levels }
    default:
      return null
  }
}

function secondStageOf(config: VtdConfig, entry: Words): SecondStage | null {
  const field = (name: string) => Number(structField(PASID_ENTRY, entry, name))
  const levels = levelsOf(config, field('AW'))
  return levels === null ? null : { levels, root: field('SSPTPTR'), accessedDirty: field('SSADE') === 1 }
}

function firstStageOf(entry: Words): FirstStage | null {
  const field = (name: string) => Number(structField(PASID_ENTRY, entry, name))
  if (field('FSPM') > 1) return null
  const switches = { extendedAccessed: field('EAFE') === 1, executeDisable: field('NXE') === 1 }
  return { levels: field('FSPM') === 1 ? 5 : 4, root: field('FSPTPTR'), ...switches }
}
