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

  const offered = all.dialects.flatMap(({ id, knobs }) =>
    knobs.flatMap(({ key, values }) =>
      values.flatMap(({ value, modelled }) => (modelled ? [{ id, key, value }] : [])),
    ),
  )
  it.each(offered)('of $id, $key=$value is taken by a flow', ({ id, key, value }) => {
    const { diagnostics, scenario } = createSession(`#dialect ${id}\n#policy ${key}=${value}\n`)
    expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
    expect(scenario.policy[key]).toBe(value)
  })

  const params = all.platforms.flatMap(({ id, params }) => params.map(param => ({ id, ...param })))
  it.each(params)('of $id, $key is taken as a parameter', ({ id, key, values }) => {
    expect(values === null || values.length > 1).toBe(true)
    const { diagnostics } = createSession(`#platform ${id} ${key}=${values?.[0] ?? 1}\n`)
    expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
  })
})
