/** Reading recordings, and what their notes change. The form is that of the README of the recordings. */
import { describe, expect, it } from 'vitest'
import { replayText } from './index'
import { effectsOf } from './notes.data'
import { readRecording } from './recording'

const HEAD = '{"scenario":"s","desc":"d","config":"type1-debian"}'
const OPEN =
  '{"i":0,"op":"open","fd":null,"in":{"path":"/dev/vfio/vfio"},"ret":0,"errno":null,"out":{"fd":"container#0"}}'
const NOTE = '{"note":"superset"}'

describe('a recording', () => {
  it('is a head, calls, buffers and notes, each with its line', () => {
    const buffer =
      '{"i":1,"op":"BUFFER","name":"A","user_va":"0x100000000000","size":4096,"prot":"r","ok":true}'
    const read = readRecording([HEAD, OPEN, buffer, NOTE, ''].join('\n'))
    expect(read).toMatchObject({
      head: { scenario: 's', config: 'type1-debian' },
      lines: [
        { kind: 'call', line: 2, op: 'open', ret: 0 },
        { kind: 'buffer', line: 3, name: 'A', userVa: 1n << 44n, size: 4096n, prot: 'r' },
        { kind: 'note', line: 4, text: 'superset' },
      ],
    })
  })

  it.each([
    ['', 1, 'it is empty'],
    ['{"scenario":"s"}', 1, 'the first line names no scenario and config'],
    [`${HEAD}\n{"i":0,`, 2, 'it is not JSON'],
    [`${HEAD}\n[1]`, 2, 'it is not a JSON object'],
    [`${HEAD}\n${OPEN}\n{"i":1}`, 3, 'neither a call, a buffer nor a note'],
    [`${HEAD}\n{"op":"open","in":{},"out":{}}`, 2, 'neither a call, a buffer nor a note'],
  ])('is broken: %j', (text, line, problem) => {
    expect(readRecording(text)).toEqual({ line, problem })
    expect(replayText(text)).toEqual({ line, problem })
  })
})

describe('a note', () => {
  it.each([
    ['unprivileged with 2-page RLIMIT_MEMLOCK', [{ kind: 'unprivileged' }, { kind: 'limits', pages: 2 }]],
    ['a memlock limit of two pages', [{ kind: 'unprivileged' }, { kind: 'limits', pages: 2 }]],
    ['unprivileged', [{ kind: 'unprivileged' }]],
    ['becomes uid 65534', [{ kind: 'unprivileged' }]],
    ['child process uses inherited fds; its mm differs', [{ kind: 'fork' }]],
    ['child munmaps buffer A, then maps it', [{ kind: 'munmap', buffer: 'A' }]],
    ['munmap of buffer B', [{ kind: 'munmap', buffer: 'B' }]],
    ['the child has exited', [{ kind: 'exit' }]],
    ['second opener of a group', []],
    ['unmap memory from the process: pinned pages stay', []],
  ])('%j means what it says', (text, effects) => {
    expect(effectsOf(text)).toEqual(effects)
  })
})

describe('a replay', () => {
  const callLine = (fields: object) =>
    JSON.stringify({
      i: 1,
      op: 'VFIO_GET_API_VERSION',
      fd: 'container#0',
      in: {},
      ret: 0,
      errno: null,
      out: {},
      ...fields,
    })
  const verdicts = (...lines: string[]) => {
    const report = replayText([HEAD, OPEN, ...lines].join('\n'))
    return 'problem' in report ? [] : report.calls.slice(1)
  }

  it('passes a call whose every answer is the same', () => {
    expect(verdicts(callLine({}))).toMatchObject([{ line: 3, verdict: 'passed', differences: [] }])
  })

  it('fails one by return value, errno or field, and names what was recorded', () => {
    expect(verdicts(callLine({ ret: 1 }))[0]?.differences).toEqual([
      { field: 'return', expected: '1', got: '0' },
    ])
    const refused = { op: 'VFIO_IOMMU_GET_INFO', ret: -1, errno: 'EPERM' }
    expect(verdicts(callLine(refused))[0]?.differences).toEqual([
      { field: 'errno', expected: 'EPERM', got: 'EINVAL' },
    ])
    expect(verdicts(callLine({ out: { flags: 1 } }))[0]?.differences).toEqual([
      { field: 'flags', expected: '1', got: 'nothing' },
    ])
  })

  it('counts what the emulator does not have as unmodelled, with the reason', () => {
    expect(verdicts(callLine({ op: 'VFIO_NEW_CALL' }))).toMatchObject([
      { verdict: 'unmodelled', reason: 'vfio-type1 has no call VFIO_NEW_CALL' },
    ])
    expect(verdicts(callLine({ op: 'VFIO_NEW_CALL', ret: -1, errno: 'ENOTTY' }))[0]?.verdict).toBe('passed')
    const other = replayText(`{"scenario":"s","config":"vax"}\n${OPEN}`)
    expect(other).toMatchObject({
      calls: [{ verdict: 'unmodelled', reason: 'no machine is known by the name vax' }],
    })
  })
})

it('takes lengths that no memory has: a bitmap of 2^48 bytes, a write of 2^63', () => {
  const call = (i: number, op: string, given: object) => ({
    i,
    op,
    fd: 'iommu#0',
    in: given,
    ret: 0,
    errno: null,
    out: {},
  })
  const lines = [
    { scenario: 's', desc: 'd', config: 'vtd-legacy' },
    { ...call(0, 'open', { path: '/dev/iommu' }), fd: null, out: { fd: 'iommu#0' } },
    call(1, 'IOMMU_IOAS_ALLOC', { flags: [] }),
    call(2, 'TEST_MOCK_DOMAIN', { pt_id: 1, dev_flags: [] }),
    call(3, 'IOMMU_HWPT_ALLOC', {
      flags: ['DIRTY_TRACKING'],
      dev_id: 3,
      pt_id: 1,
      data_type: '0x0',
      data_len: 0,
    }),
    call(4, 'IOMMU_HWPT_GET_DIRTY_BITMAP', {
      ...{ hwpt_id: 5, flags: [], iova: '0x0', length: '0x8000000000000000', page_size: '0x1000' },
      data: { buf: null, user_va: '0x0' },
    }),
    call(5, 'write', { len: '0x8000000000000000' }),
  ]
  const report = replayText(lines.map(line => JSON.stringify(line)).join('\n'))
  expect('calls' in report ? report.calls.map(({ verdict }) => verdict).slice(4) : report).toHaveLength(2)
})
