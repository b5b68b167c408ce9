/** The table of what became of the proposals against the dialects that have them, and its flows. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession, DIALECTS } from '../../../engine'
import { FATES } from './became.data'

const commands = (dialect: string): string[] =>
  (DIALECTS.find(one => one.id === dialect)?.commands ?? []).map(command => command.name).sort()

describe('what became of them', () => {
  it.each([
    ['rfc-v1', FATES.flatMap(fate => fate.v1)],
    ['rfc-v2', FATES.flatMap(fate => fate.v2)],
  ])('every call of %s is told once', (dialect, told) => {
    expect([...told].sort()).toEqual(commands(dialect))
  })

  it('is told in calls that Linux has', () => {
    const known = commands('iommufd')
    for (const name of FATES.flatMap(fate => fate.now)) expect(known).toContain(name)
  })
})

const run = (name: string) =>
  createSession(readFileSync(new URL(`../../../scenarios/${name}.flow`, import.meta.url), 'utf8'))

describe.each(FATES.flatMap(fate => (fate.pair === undefined ? [] : [fate])))('the pair of $now', fate => {
  it('has the calls in question on both sides, and both sides hold', () => {
    const [then, now] = (fate.pair ?? ['', '']).map(run)
    expect([then?.ok, now?.ok]).toEqual([true, true])
    expect(now?.scenario.dialect).toBe('iommufd')
    const calls = (session: typeof then) => (session?.steps ?? []).map(step => step.call)
    expect(calls(then).some(call => [...fate.v1, ...fate.v2].includes(call))).toBe(true)
    expect(calls(now).some(call => fate.now.includes(call))).toBe(true)
  })
})
