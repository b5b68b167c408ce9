/**
 * What replaying a folder is held to: 99.5 % of its records equal, 97 % of each call with five records or more, 0.5 %
 * unmodelled at most.
 */
import { expect } from 'vitest'
import { recordingsIn, replayFolder } from './recordings.fixture'

const WHOLE = 0.995
const EACH_CALL = 0.97
const UNMODELLED = 0.005
const ENOUGH_RECORDS = 5

export function expectGoals(folder: string, counts = replayFolder(folder)): void {
  const { calls, passed, unmodelled, byCall, failures } = counts
  const first = failures.slice(0, 20).join('\n')
  expect(calls).toBeGreaterThan(100)
  expect(recordingsIn(folder).length).toBeGreaterThan(1)
  expect(passed / calls, first).toBeGreaterThanOrEqual(WHOLE)
  expect(unmodelled / calls, first).toBeLessThanOrEqual(UNMODELLED)
  for (const [call, row] of byCall)
    if (row.all >= ENOUGH_RECORDS)
      expect(row.passed / row.all, `${call}\n${first}`).toBeGreaterThanOrEqual(EACH_CALL)
}
