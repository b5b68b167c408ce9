import { describe, expect, it } from 'vitest'
import type { Diagnostic, StepRecord } from '../../../engine'
import { lastRun } from './answers'

const step = (line: number) => ({ line }) as unknown as StepRecord
const problem = (line: number, severity: Diagnostic['severity'] = 'error') =>
  ({ severity, span: { line } }) as unknown as Diagnostic

describe('the last line that does not recede', () => {
  it('is none where nothing is wrong', () => {
    expect(lastRun({ steps: [step(3)], diagnostics: [problem(1, 'warning')] })).toBeNull()
  })

  it('is the first that is wrong, or one below it that was run all the same', () => {
    expect(lastRun({ steps: [step(1)], diagnostics: [problem(9), problem(4)] })).toBe(4)
    expect(lastRun({ steps: [step(2), step(7), step(3)], diagnostics: [problem(4)] })).toBe(7)
  })

  it('is found among as many as a paste may bring', () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => i + 1)
    expect(lastRun({ steps: many.map(step), diagnostics: many.map(n => problem(n)) })).toBe(1_000_000)
  })
})
