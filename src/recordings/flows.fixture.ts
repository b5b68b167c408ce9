/** What a recording as a flow is held to: it runs without a mistake, and expects what the kernel answered. */
import { expect } from 'vitest'
import { createSession, flowText } from '../engine'
import { recordingsIn } from './recordings.fixture'

/** Recorded failures that hang on what the recording does not tell: at most so many in a thousand expectations. */
const UNTOLD = 0.001
const LEFT_OUT = 0.02
/** Comments that say what the flow shows and where it is from. */
const HEAD = 2

export function expectFlows(folder: string): void {
  const totals = { records: 0, leftOut: 0, expected: 0 }
  const failed: string[] = []
  for (const text of recordingsIn(folder)) {
    const flow = flowText(text)
    if (typeof flow !== 'string') throw new Error(flow.problem)
    const { diagnostics, steps, scenario } = createSession(flow)
    const title = scenario.title ?? ''
    expect(
      diagnostics.filter(one => one.severity !== 'info'),
      title,
    ).toEqual([])
    const expects = steps.filter(step => step.call === 'expect')
    const wrong = expects.filter(step => step.ret !== 0)
    failed.push(...wrong.map(step => `${title}:${step.line} ${step.text} ${step.message}`))
    totals.expected += expects.length
    totals.records += text.split('"op":').length - text.split('"BUFFER"').length
    totals.leftOut += flow.split('\n').filter(line => line.startsWith('// ')).length - HEAD
  }
  expect(totals.records).toBeGreaterThan(900)
  expect(totals.expected).toBeGreaterThan(totals.records)
  expect(failed.length / totals.expected, failed.join('\n')).toBeLessThanOrEqual(UNTOLD)
  expect(totals.leftOut / totals.records).toBeLessThan(LEFT_OUT)
}
