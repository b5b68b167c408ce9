import { describe, expect, it } from 'vitest'
import { ARGUED } from '../dialects/argued.data'
import { DIALECTS } from '../dialects/registry'
import { PLATFORMS } from '../hw'
import { choices } from './choices'
import { createSession } from './session'

describe('choices', () => {
  const all = choices()

  it('are those of the registries', () => {
    expect(all.dialects.map(dialect => dialect.id)).toEqual(DIALECTS.map(dialect => dialect.id))
    expect(all.platforms.map(platform => platform.id)).toEqual(PLATFORMS.map(platform => platform.id))
  })

  it.each(DIALECTS)('of $id name every knob and value it obeys, and none besides', ({ id, knobs }) => {
    const shown = all.dialects.find(dialect => dialect.id === id)?.knobs ?? []
    const modelled = shown
      .filter(knob => knob.default !== null)
      .map(({ key, values }) => [key, values.flatMap(each => (each.modelled ? [each.value] : [])).sort()])
    expect(Object.fromEntries(modelled)).toEqual(
      Object.fromEntries(knobs.map(({ key, values }) => [key, [...values].sort()])),
    )
  })

  it.each(DIALECTS)('of $id say what each value comes to and who spoke for it', ({ id }) => {
    const shown = all.dialects.find(dialect => dialect.id === id)?.knobs ?? []
    const bare = shown.flatMap(({ key, values }) =>
      values.filter(({ means, by }) => means === '' || by === '').map(({ value }) => `${key}=${value}`),
    )
    expect(bare).toEqual([])
  })

  it('mark as not modelled what only other designs have', () => {
    const group = all.dialects[0]?.knobs.find(knob => knob.key === 'group')
    expect(group?.values.find(each => each.value === 'container')?.modelled).toBe(false)
    expect(all.dialects[0]?.knobs.map(knob => knob.key)).toEqual(
      expect.arrayContaining(ARGUED.map(row => row.key)),
    )
  })

  it.each(all.dialects)('offered under $id are taken by a flow', ({ id, knobs }) => {
    for (const { key, values } of knobs) {
      for (const { value } of values.filter(each => each.modelled)) {
        const { diagnostics, scenario } = createSession(`#dialect ${id}\n#policy ${key}=${value}\n`)
        expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
        expect(scenario.policy[key]).toBe(value)
      }
    }
  })

  it.each(all.platforms)('of $id are taken as parameters', ({ id, params }) => {
    for (const { key, values } of params) {
      expect(values === null || values.length > 1, key).toBe(true)
      const { diagnostics } = createSession(`#platform ${id} ${key}=${values?.[0] ?? 1}\n`)
      expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
    }
  })
})
