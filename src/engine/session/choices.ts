/**
 * What a flow may choose with `#dialect`, `#platform` and `#policy`: everything the registries know, and
 * every argued choice with the values that a dialect does not obey marked as such.
 */
import { ARGUED, type ArguedKnob } from '../dialects/argued.data'
import type { Dialect } from '../dialects/contract'
import { DIALECTS } from '../dialects/registry'
import type { KnobWord } from '../flow'
import { PLATFORMS } from '../hw'
import type { ViommuWay } from '../kernel/state'
import { VIOMMU_WAYS } from '../vmm/viommu'

export interface ValueChoice {
  readonly value: string
  /** What it comes to; '' where nothing more is known than its name. */
  readonly means: string
  /** Who spoke for it; '' where nobody did. */
  readonly by: string
  /** False where the dialect does not obey it. */
  readonly modelled: boolean
}

export interface KnobChoice {
  readonly key: string
  readonly title: string
  /** Who argued for which value, in one or two sentences; '' where the dialect does not say. */
  readonly argued: string
  /** Null for a knob that the dialect lacks. */
  readonly default: string | null
  readonly values: readonly ValueChoice[]
}

export interface DialectChoice {
  readonly id: string
  readonly title: string
  readonly notModelled: readonly string[]
  readonly knobs: readonly KnobChoice[]
}

export interface ParamChoice {
  readonly key: string
  readonly doc: string
  readonly default: string
  /** Null where the parameter takes any number or size. */
  readonly values: readonly string[] | null
}

export interface PlatformChoice {
  readonly id: string
  readonly title: string
  readonly notModelled: readonly string[]
  readonly params: readonly ParamChoice[]
}

export interface Choices {
  readonly dialects: readonly DialectChoice[]
  readonly platforms: readonly PlatformChoice[]
  /** How a VMM may give a device what its guest maps. */
  readonly viommuWays: readonly ViommuWay[]
}

/** The same at every call: it is about the engine, not about a flow. */
export function choices(): Choices {
  return {
    dialects: DIALECTS.map(dialectChoice),
    platforms: PLATFORMS.map(({ id, title, notModelled, params }) => ({
      id,
      title,
      notModelled,
      params: params.map(param => ({
        key: param.key,
        doc: param.doc,
        default: param.default,
        values: typeof param.values === 'string' ? null : param.values,
      })),
    })),
    viommuWays: VIOMMU_WAYS,
  }
}

/** The dialect's own knobs and those that only others have, in the order of the argument. */
function dialectChoice({ id, title, notModelled, knobs }: Dialect): DialectChoice {
  const argued = ARGUED.map(row => knobChoice(knobs.find(knob => knob.key === row.key) ?? null, row))
  const own = knobs.filter(knob => ARGUED.every(row => row.key !== knob.key))
  return { id, title, notModelled, knobs: [...argued, ...own.map(knob => knobChoice(knob, null))] }
}

function knobChoice(knob: KnobWord | null, row: ArguedKnob | null): KnobChoice {
  const obeyed = knob?.values ?? []
  const known = row?.values ?? []
  const unknown = obeyed.filter(value => known.every(each => each.value !== value))
  return {
    key: knob?.key ?? row?.key ?? '',
    title: knob?.title ?? row?.title ?? '',
    argued: knob?.argued ?? '',
    default: knob?.default ?? null,
    values: [
      ...known.map(each => ({ ...each, modelled: obeyed.includes(each.value) })),
      ...unknown.map(value => ({ value, means: '', by: '', modelled: true })),
    ],
  }
}
