import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { asciiGraph, compareRuns, createSession, graphView } from '../engine'
import { Comparing } from './compare'
import type { CompareRequest } from './protocol'
import { realEngine } from './real-engine'

const TEXT = readFileSync(new URL('../scenarios/prereg-command.flow', import.meta.url), 'utf8')
const VARIANTS = [
  { label: 'as written', policy: {} },
  { label: 'prereg=none', policy: { prereg: 'none' } },
]
const REQUEST: CompareRequest = { kind: 'compare', id: 3, text: TEXT, variants: VARIANTS, limit: 1000 }

it('says what the engine says of runs made at once, and keeps them for pictures', async () => {
  const comparing = new Comparing(realEngine)
  const reply = await comparing.run(REQUEST, async () => true)
  expect(reply).toMatchObject({ kind: 'compared', id: 3, comparison: compareRuns(TEXT, VARIANTS) })
  const alone = VARIANTS.map(({ policy }) => {
    const session = createSession(TEXT, { policy })
    session.seek(Math.min(7, session.steps.length))
    return asciiGraph(graphView(session))
  })
  expect(comparing.graphs(7).map(graph => asciiGraph(graph))).toEqual(alone)
})

it('tells a fault by its code and name, and the calls of a VMM by how many', async () => {
  const text = readFileSync(new URL('../scenarios/four-ways.flow', import.meta.url), 'utf8')
  const comparing = new Comparing(realEngine)
  const short = text.replaceAll('[0...999]', '[0...1]')
  const reply = await comparing.run(
    { ...REQUEST, text: short, variants: VARIANTS.slice(0, 1) },
    async () => true,
  )
  const steps = reply.kind === 'compared' ? (reply.steps[0] ?? []) : []
  const told = (call: string) => steps.find(step => step.call === call)?.told
  expect(told('guest_map')).toBe('0, 1 VMM call')
  // VT-d table 5: 0x79 is SSS.2, a second stage without the right to read.
  expect(told('dma_read')).toMatch(/^fault 0x79 SSS\.2$/)
  expect(told('open')).toBe('3')
})

it('ends when a newer one is asked for, and keeps the runs it had', async () => {
  const comparing = new Comparing(realEngine)
  const longer = { ...REQUEST, text: `${TEXT}${'note("one more");\n'.repeat(100)}` }
  expect(await comparing.run(longer, async () => false)).toMatchObject({ kind: 'refused', id: 3 })
  expect(comparing.graphs(1)).toEqual([])
})
