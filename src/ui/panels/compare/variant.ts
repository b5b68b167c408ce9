/** A choice as it is written: `prereg=ioas,viommu=mirror`, the same words as `ioas compare --with`. */
import type { Choices, Variant } from '../../../engine'

export interface Scene {
  readonly dialect: string
  readonly policy: Readonly<Record<string, string>>
}

export type Read = { readonly variant: Variant } | { readonly problem: string }

/** The flow as it stands. */
export const AS_WRITTEN = ''

export function readVariant(written: string, choices: Choices, scene: Scene): Read {
  const words = written.split(/[,\s]+/).filter(word => word !== '')
  const given = new Map<string, string>()
  for (const word of words) {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(word) ?? []
    if (key === undefined || value === undefined) return { problem: `${word} is no key=value` }
    given.set(key, value)
  }
  const dialect = given.get('dialect') ?? scene.dialect
  for (const [key, value] of given) {
    const known = valuesOf(key, choices, dialect)
    if (known === null) return { problem: `${dialect} has no ${key}` }
    if (!known.includes(value)) return { problem: `${key} is one of ${known.join(', ')}` }
  }
  return { variant: variantOf(written, given, choices) }
}

/** What a key may be; null where there is no such key. */
function valuesOf(
  key: string,
  { dialects, platforms, viommuWays }: Choices,
  dialect: string,
): readonly string[] | null {
  if (key === 'dialect') return dialects.map(({ id }) => id)
  if (key === 'platform') return platforms.map(({ id }) => id)
  if (key === 'viommu') return viommuWays
  const knob = dialects.find(({ id }) => id === dialect)?.knobs.find(one => one.key === key)
  if (knob === undefined || knob.default === null) return null
  return knob.values.filter(({ modelled }) => modelled).map(({ value }) => value)
}

function variantOf(written: string, given: ReadonlyMap<string, string>, { viommuWays }: Choices): Variant {
  const { dialect, platform, viommu, ...policy } = Object.fromEntries(given)
  const way = viommuWays.find(one => one === viommu)
  return {
    label: written === AS_WRITTEN ? 'as written' : written,
    policy,
    ...(dialect === undefined ? {} : { dialect }),
    ...(platform === undefined ? {} : { platform }),
    ...(way === undefined ? {} : { viommu: way }),
  }
}

/** Every single choice that is not the flow's own: what a column may begin with. */
export function suggestions(
  choices: Choices,
  scene: Scene & { readonly platform: string; readonly text: string },
): readonly string[] {
  const knobs = choices.dialects.find(({ id }) => id === scene.dialect)?.knobs ?? []
  const others = (key: string, now: string | undefined) =>
    (valuesOf(key, choices, scene.dialect) ?? [])
      .filter(value => value !== now)
      .map(value => `${key}=${value}`)
  return [
    ...(hasViommu(scene.text) ? others('viommu', undefined) : []),
    ...knobs.flatMap(({ key }) => others(key, scene.policy[key])),
    ...others('platform', scene.platform),
    ...others('dialect', scene.dialect),
  ]
}

const hasViommu = (text: string) => /^[^/\n]*\bviommu\(/m.test(text)

/** What to begin with: the ways of a vIOMMU where the flow has one, else another value of its first knob. */
export function firstColumns(all: readonly string[]): readonly string[] {
  const ways = all.filter(one => one.startsWith('viommu='))
  return ways.length > 0 ? ways : [AS_WRITTEN, ...all.slice(0, 1)]
}
