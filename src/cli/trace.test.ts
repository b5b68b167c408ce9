import { expect, it } from 'vitest'
import type { ReplayedCall, ReplayReport } from '../engine'
import { fakeEngine } from './fake-engine.fixture'
import { trace } from './trace'

const call = (line: number, name: string, more: Partial<ReplayedCall> = {}): ReplayedCall => ({
  line,
  call: name,
  verdict: 'passed',
  differences: [],
  reason: null,
  ...more,
})

const WRONG = [
  { field: 'return', expected: '0', got: '-1' },
  { field: 'errno', expected: 'nothing', got: 'EINVAL' },
]

const REPORTS: Readonly<Record<string, ReplayReport>> = {
  good: { scenario: 'good', calls: [call(2, 'open'), call(3, 'MAP')], unknownNotes: [] },
  bad: {
    scenario: 'bad',
    calls: [
      call(2, 'MAP', { verdict: 'failed', differences: WRONG }),
      call(5, 'mmap', { verdict: 'unmodelled', reason: 'mmap is not modelled yet' }),
    ],
    unknownNotes: [{ kind: 'note', line: 3, text: 'a child does something' }],
  },
}

const engine = {
  ...fakeEngine({}),
  replayText: (text: string) => REPORTS[text] ?? { line: 7, problem: 'it is not JSON' },
}
const files = (...names: string[]) => names.map(text => ({ file: `${text}.jsonl`, text }))

it('prints a line a difference, a line a file, a table by call and the sum', () => {
  const { stdout, code } = trace(engine, files('good', 'bad'), { json: false })
  expect(code).toBe(1)
  expect(stdout).toBe(`good.jsonl: 2 passed, 0 failed, 0 unmodelled
bad.jsonl:3 note unmodelled: a child does something
bad.jsonl:2 MAP return 0 -1
bad.jsonl:2 MAP errno nothing EINVAL
bad.jsonl:5 mmap unmodelled: mmap is not modelled yet
bad.jsonl: 0 passed, 1 failed, 1 unmodelled

CALL  passed  failed  unmodelled
MAP        1       1           0
mmap       0       0           1
open       1       0           0

2 passed, 1 failed
`)
})

it('is fine where nothing failed', () => {
  expect(trace(engine, files('good'), { json: false }).code).toBe(0)
})

it('says the same as one JSON object', () => {
  const { stdout } = trace(engine, files('good', 'bad'), { json: true })
  expect(JSON.parse(stdout)).toEqual({
    passed: 2,
    failed: 1,
    unmodelled: 1,
    calls: {
      MAP: { passed: 1, failed: 1, unmodelled: 0 },
      mmap: { passed: 0, failed: 0, unmodelled: 1 },
      open: { passed: 1, failed: 0, unmodelled: 0 },
    },
    files: [
      { file: 'good.jsonl', passed: 2, failed: 0, unmodelled: 0, unknownNotes: [], calls: [] },
      {
        file: 'bad.jsonl',
        passed: 0,
        failed: 1,
        unmodelled: 1,
        unknownNotes: [{ line: 3, text: 'a child does something' }],
        calls: [
          { line: 2, call: 'MAP', verdict: 'failed', differences: WRONG, reason: null },
          {
            line: 5,
            call: 'mmap',
            verdict: 'unmodelled',
            differences: [],
            reason: 'mmap is not modelled yet',
          },
        ],
      },
    ],
  })
})

it('prints one recording as a flow', () => {
  const flow = (...names: string[]) => trace(engine, files(...names), { json: false, as: 'flow' })
  expect(flow('good')).toEqual({ stdout: '# flow of good\n', stderr: '', code: 0 })
  expect(flow('broken')).toMatchObject({ code: 2, stderr: expect.stringContaining('broken.jsonl:9: error:') })
  expect(() => flow('good', 'bad')).toThrow('--as flow takes one file')
  expect(() => trace(engine, files('good'), { json: false, as: 'flo' })).toThrow('did you mean flow?')
})

it('says which file is no recording, replays the others, and ends with 2', () => {
  const { stdout, stderr, code } = trace(engine, files('good', 'odd', 'bad'), { json: false })
  expect({ stderr, code }).toEqual({ stderr: 'odd.jsonl:7: error: no recording: it is not JSON\n', code: 2 })
  expect(stdout).toContain('2 passed, 1 failed\n')
})
