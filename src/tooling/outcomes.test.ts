import { describe, expect, it } from 'vitest'
import { browserOutcome, oneCheck, totals, unitOutcome } from './outcomes.mjs'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map(status => ({ status })),
})
const report = (passed: number, failed: number, testResults: ReturnType<typeof file>[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  testResults,
})

describe('unitOutcome', () => {
  it('counts tests', () => {
    const outcome = unitOutcome(
      report(2, 1, [file('failed', 'passed', 'failed'), file('passed', 'passed')]),
      1,
    )
    expect(outcome).toMatchObject({ passed: 2, failed: 1 })
  })

  it('counts a file that could not be loaded as a failure', () => {
    expect(unitOutcome(report(1, 0, [file('failed'), file('passed', 'passed')]), 1).failed).toBe(1)
  })

  it('counts a bad exit with no failed test as a failure', () => {
    expect(unitOutcome(report(1, 0, [file('passed', 'passed')]), 1).failed).toBe(1)
  })

  it('counts a tool that died before reporting as a failure', () => {
    expect(unitOutcome(null, 1)).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('browserOutcome', () => {
  it('counts a flaky test as failed', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 2, skipped: 3 }
    expect(browserOutcome({ stats }, 1)).toMatchObject({ passed: 5, failed: 3, skipped: 3 })
  })

  it('counts a server that did not start as a failure', () => {
    expect(browserOutcome({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }, 1).failed).toBe(1)
  })
})

it('adds the stages up', () => {
  const tests = { name: 'unit tests', passed: 10, failed: 2, skipped: 1 }
  expect(totals([oneCheck('types', 0), oneCheck('lint', 2), tests])).toEqual({
    passed: 11,
    failed: 3,
    skipped: 1,
  })
})
