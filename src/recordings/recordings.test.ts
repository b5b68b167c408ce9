/**
 * What a real kernel answered, call by call. The goals: 99.5 % of a folder's records equal, 97 % of each call with
 * five records or more, 0.5 % unmodelled at most.
 */
import { describe, expect, it } from 'vitest'
import { recordingsIn, replayFolder } from './recordings.fixture'

const WHOLE = 0.995
const EACH_CALL = 0.97
const UNMODELLED = 0.005
const ENOUGH_RECORDS = 5

describe.each(['type1-debian', 'big-type1'])('the recordings %s', folder => {
  it('are answered as the kernel did', () => {
    const { calls, passed, unmodelled, byCall, failures } = replayFolder(folder)
    expect(calls).toBeGreaterThan(100)
    expect(recordingsIn(folder).length).toBeGreaterThan(1)
    expect(passed / calls, failures.slice(0, 20).join('\n')).toBeGreaterThanOrEqual(WHOLE)
    expect(unmodelled / calls).toBeLessThanOrEqual(UNMODELLED)
    for (const [call, row] of byCall)
      if (row.all >= ENOUGH_RECORDS)
        expect(row.passed / row.all, `${call}\n${failures.join('\n')}`).toBeGreaterThanOrEqual(EACH_CALL)
  })
})
