import { describe, expect, it } from 'vitest'
import type { StepRecord } from '../../engine'
import { isBad, stepOutcome } from './step-outcome'

const base: StepRecord = {
  n: 1,
  line: 1,
  lines: [{ first: 1, last: 1 }],
  text: '',
  call: 'IOASID_ALLOC',
  ret: 1,
  errno: null,
  rule: null,
  expected: false,
  message: null,
  out: null,
  label: { verb: '', object: '' },
}

describe('how a step came out', () => {
  it.each<[Partial<StepRecord>, string, boolean]>([
    [{}, '= 1', false],
    [{ ret: -1, errno: 'EINVAL' }, '-EINVAL', true],
    [{ ret: -1, errno: 'EBUSY', expected: true }, '-EBUSY', false],
    [{ call: 'expect', ret: 0 }, 'holds', false],
    [{ call: 'expect', ret: -1 }, 'fails', true],
    [{ call: 'note', ret: 0 }, '', false],
    [{ call: 'dma_read', ret: -1, out: { fault: '0x73' } }, 'fault', false],
    [{ call: 'guest_map', ret: 0, out: { calls: 1, refused: 0 } }, '= 0 +1 call', false],
    [{ call: 'guest_map', ret: 0, out: { calls: 3, refused: 2 } }, '= 0 +3 calls, 2 refused', false],
    [{ call: 'guest_map', ret: 0, out: { calls: 0, refused: 0 } }, '= 0', false],
    [{ call: 'dma_read', ret: 10, out: { data: 'guest page' } }, '= 10', false],
  ])('%o', (change, text, bad) => {
    const record = { ...base, ...change }
    expect([stepOutcome(record).text, isBad(record)]).toEqual([text, bad])
  })
})
