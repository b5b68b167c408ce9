/**
 * Every argued choice, turned: a scenario in which each value of each knob of a dialect comes to something else. What
 * the values come to is told by facts 8 and the rulings; the steps that tell are named.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { choices, createSession } from '../engine'

const text = (name: string): string => readFileSync(new URL(`${name}.flow`, import.meta.url), 'utf8')

/** A step as the reader of a flow sees it: what it answered, what it wrote, where its DMA went. */
function outcome(name: string, policy: Readonly<Record<string, string>>): string {
  const session = createSession(text(name), { policy })
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  const shown = (value: unknown) =>
    JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one))
  const steps = session.steps.map(({ call, ret, rule, out }) => `${call} ${ret} ${rule} ${shown(out)}`)
  return [...steps, shown(session.state().accounting)].join('\n')
}

/** The rules by which steps of a scenario were refused, in order. */
const rules = (name: string, policy: Readonly<Record<string, string>>): readonly string[] =>
  createSession(text(name), { policy }).steps.flatMap(({ rule }) => rule ?? [])

const V1: Readonly<Record<string, string>> = {
  prereg: 'choices',
  activation: 'choices',
  ready: 'choices',
  unmap: 'choices',
  'iova-report': 'choices',
  'parent-change': 'software-nesting',
  'shadow-user-tables': 'hardware-nesting',
  'pasid-routing': 'software-nesting',
  'pasid-table': 'pasid-table-tracked',
  group: 'group-one-by-one',
  'fault-target': 'page-fault',
  'invalidate-scope': 'choices',
  'initial-attach': 'papr-no-passthrough',
  lookup: 'choices',
}

const V2: Readonly<Record<string, string>> = {
  prereg: 'v2-choices',
  activation: 'v2-choices',
  ready: 'v2-choices',
  unmap: 'v2-choices',
  'iova-report': 'v2-choices',
  'parent-change': 'v2-software-nesting',
  'shadow-user-tables': 'v2-hardware-nesting',
  'pasid-routing': 'v2-software-nesting',
  'pasid-table': 'v2-pasid-table',
  group: 'v2-group-block-dma',
  'fault-target': 'v2-page-fault',
  'invalidate-scope': 'v2-choices',
  'initial-attach': 'v2-papr-no-passthrough',
  lookup: 'v2-choices',
}

/** The knobs that a dialect obeys, with the values it has. */
const knobsOf = (id: string) =>
  (choices().dialects.find(dialect => dialect.id === id)?.knobs ?? [])
    .filter(knob => knob.default !== null)
    .map(({ key, values }) => ({
      key,
      values: values.filter(each => each.modelled).map(({ value }) => value),
    }))

describe.each([
  ['rfc-v1', V1],
  ['rfc-v2', V2],
] as const)('%s', (id, scenarios) => {
  it('has a scenario for each of its knobs', () => {
    expect(knobsOf(id).map(knob => knob.key)).toEqual(expect.arrayContaining(Object.keys(scenarios)))
    expect(Object.keys(scenarios)).toEqual(expect.arrayContaining(knobsOf(id).map(knob => knob.key)))
  })

  it.each(knobsOf(id).map(({ key, values }) => [key, scenarios[key] ?? '', values] as const))(
    '%s: in %s each of %j is another run',
    (key, name, values) => {
      const outcomes = values.map(value => outcome(name, { [key]: value }))
      expect(new Set(outcomes).size).toBe(values.length)
    },
  )
})

describe('what a value comes to', () => {
  it.each([
    // prereg: REGISTER, a type PREREG, then a dummy and a root beside it.
    ['choices', { prereg: 'command' }, []],
    ['choices', { prereg: 'ioas' }, ['register.off']],
    ['choices', { prereg: 'dummy-root' }, ['register.off', 'prereg.off', 'prereg.beside-dummy']],
    ['choices', { prereg: 'none' }, ['register.off', 'prereg.off']],
    ['v2-choices', { prereg: 'none' }, ['prereg.off']],
    ['v2-choices', { prereg: 'ioas' }, []],
    ['v2-choices', { prereg: 'dummy-root' }, ['prereg.off', 'prereg.beside-dummy']],
  ])('%s with %o', (name, policy, expected) => {
    expect(rules(name, policy).filter(rule => /^(register|prereg)/.test(rule))).toEqual(expected)
  })

  it.each([
    ['choices', 'exact', ['unmap.not-exact', 'unmap.not-exact']],
    ['choices', 'type1v2', ['unmap.bisect']],
    ['choices', 'type1', []],
    ['choices', 'iommufd', ['unmap.cut']],
    ['v2-choices', 'exact', ['unmap.not-exact', 'unmap.not-exact']],
    ['v2-choices', 'iommufd', ['unmap.cut']],
  ])('%s: unmap=%s', (name, unmap, expected) => {
    expect(rules(name, { unmap }).filter(rule => rule.startsWith('unmap'))).toEqual(expected)
  })

  it.each([
    ['choices', { ready: 'after-attach' }, 'space.unready', true],
    ['choices', { ready: 'any-time' }, 'space.unready', false],
    ['v2-choices', { ready: 'after-attach' }, 'space.unready', true],
    ['choices', { activation: 'enable-call' }, 'enable.before', true],
    ['v2-choices', { activation: 'enable-call' }, 'enable.before', true],
    ['choices', { lookup: 'no' }, 'lookup.off', true],
    ['v2-choices', { lookup: 'yes' }, 'lookup.off', false],
    ['choices', { 'invalidate-scope': 'any-ioasid' }, 'invalidate.type', false],
    ['v2-choices', { 'invalidate-scope': 'child-only' }, 'invalidate.type', true],
    ['software-nesting', { 'parent-change': 'refuse' }, 'unmap.child-depends', true],
    ['v2-software-nesting', { 'parent-change': 'refuse' }, 'unmap.child-depends', true],
    ['software-nesting', { 'pasid-routing': 'by-child' }, 'attach.by-child', true],
    ['v2-software-nesting', { 'pasid-routing': 'by-child' }, 'attach.by-child', true],
    ['papr-no-passthrough', { 'initial-attach': 'papr' }, 'attach.papr-window', true],
    ['v2-papr-no-passthrough', { 'initial-attach': 'papr' }, 'attach.papr-window', true],
    ['v2-pasid-table', { 'pasid-table': 'delegated' }, 'pasid.delegated', true],
    ['v2-pasid-table', { 'pasid-table': 'tracked' }, 'pasid.delegated', false],
  ])('%s with %o: %s is broken, %s', (name, policy, rule, broken) => {
    expect(rules(name, policy).includes(rule)).toBe(broken)
  })
})
