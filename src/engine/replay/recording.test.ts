/** Reading recordings, and what their notes change. The form is that of the README of the recordings. */
import { describe, expect, it } from 'vitest'
import { openOther } from '../kernel/files'
import { guarded } from './guard'
import { replayText } from './index'
import { devicesOf, machineOf } from './machines.data'
import { effectsOf } from './notes.data'
import { startProgram } from './program'
import { type Recording, type RecordingHead, type RecordingLine, readRecording } from './recording'

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
    ['2 pages of memlock', [{ kind: 'unprivileged' }, { kind: 'limits', pages: 2 }]],
    ['RLIMIT_MEMLOCK is 16 KiB now', [{ kind: 'unprivileged' }, { kind: 'limits', pages: 4 }]],
    ['memlock limit: one page', [{ kind: 'unprivileged' }, { kind: 'limits', pages: 1 }]],
    ['unprivileged', [{ kind: 'unprivileged' }]],
    ['drops all capabilities', [{ kind: 'unprivileged' }]],
    ['becomes uid 65534', [{ kind: 'unprivileged' }]],
    ['child process uses inherited fds; its mm differs', [{ kind: 'fork' }]],
    ['child munmaps buffer A, then maps it', [{ kind: 'munmap', buffer: 'A' }]],
    ['munmap of buffer B', [{ kind: 'munmap', buffer: 'B' }]],
    ['the program munmaps the buffer RO1: pages stay pinned', [{ kind: 'munmap', buffer: 'RO1' }]],
    ['munmap of buffers A, B and C', ['A', 'B', 'C'].map(buffer => ({ kind: 'munmap', buffer }))],
    ['forks; the mappings are inherited', [{ kind: 'fork' }]],
    ['the child has exited', [{ kind: 'exit' }]],
    ['second opener of a group', []],
    ['unmap memory from the process: pinned pages stay', []],
    ['a child does what nobody foresaw', null],
    ['uid is what it was', null],
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

  it('names a note that it does not understand', () => {
    const report = replayText([HEAD, NOTE, '{"note":"the child does more"}'].join('\n'))
    expect(report).toMatchObject({ unknownNotes: [{ line: 3, text: 'the child does more' }] })
  })

  it('makes the next call where one breaks the emulator, on the machine as it was', () => {
    const program = startProgram(readRecording(HEAD) as Recording)
    if ('problem' in program) throw new Error(program.problem)
    const { machine } = program
    const { files } = machine.root
    const broken = guarded(machine, () => {
      openOther(machine, { kind: 'plain', path: '/dev/null', name: 'a' })
      throw new RangeError('no such thing')
    })
    expect(broken).toEqual(new RangeError('no such thing'))
    expect(machine.root.files).toBe(files)
    expect(guarded(machine, () => 7)).toBe(7)
  })
})

describe('a machine', () => {
  const of = (iommu: string, more: Partial<RecordingHead> = {}) =>
    machineOf({ scenario: 's', desc: 'd', config: 'other', cmdline: '', kernel: '', ...more, iommu })

  it.each<[string, object, string?]>([
    ['intel-iommu,scalable-mode=off,device-iotlb=on,aw-bits=48', { mode: 'legacy' }],
    ['intel-iommu,scalable-mode=off,aw-bits=39', { mode: 'legacy', width: '39' }],
    ['intel-iommu,scalable-mode=on,aw-bits=57', { mode: 'scalable', width: '57' }],
    ['intel-iommu,scalable-mode=on,fsts=on,pasid-bits=20', { mode: 'scalable', stage: 'first' }],
    ['intel-iommu,snoop-control=on,caching-mode=on', { sc: '1', cm: '1' }],
    ['intel-iommu,scalable-mode=on,fsts=on', { mode: 'legacy', sc: '0' }, 'intel_iommu=on,sm_off'],
  ])('with %s is driven as that says', (iommu, params, cmdline = '') => {
    expect(of(iommu, { cmdline })).toMatchObject({ platform: 'vtd', dialect: 'iommufd', params })
    if (cmdline !== '') expect(of(iommu, { cmdline })?.params).toEqual(params)
  })

  it('of AMD has no PASIDs, and one of neither is not known', () => {
    expect(of('amd-iommu,dma-remap=on')).toMatchObject({ platform: 'amd-vi', params: { pasid: '0' } })
    expect(of('virtio-iommu')).toBeNull()
    expect(of('')).toBeNull()
  })

  it('without iommufd has the old container', () => {
    const kernel = 'Debian 7.2.13 (real VFIO container + vfio_iommu_type1; no iommufd)'
    expect(of('intel-iommu', { kernel })).toMatchObject({ dialect: 'vfio-type1' })
  })

  it('is told by its name where its first line tells no more', () => {
    const named = (config: string) => of('', { config })
    expect(named('vtd-aw39')).toMatchObject({ params: { mode: 'legacy', width: '39' } })
    expect(named('big-type1')).toMatchObject({ dialect: 'vfio-type1', platform: 'vtd' })
    expect(named('vtd-sm-fs')).toMatchObject({ deaf: ['br0', 'br1'], params: { stage: 'first' } })
  })

  it('has the devices that its recording opens, beside the usual ones', () => {
    const open = (path: string, role: string, bdf: string, group: number) => ({
      ...{ kind: 'call', line: 2, i: 0, op: 'open', fd: null, ret: 0, errno: null, out: {} },
      in: { path, role, bdf, group },
    })
    const lines = [
      open('/dev/vfio/devices/vfio4', 'vnet0', '0000:01:00.0', 21),
      open('/dev/vfio/devices/vfio9', 'gpu0', '0000:41:00.0', 30),
    ] as unknown as RecordingLine[]
    const places = devicesOf({ lines })
    expect(places).toHaveLength(9)
    expect(places.find(({ name }) => name === 'vnet0')).toMatchObject({ group: 21, ats: true })
    expect(places.find(({ name }) => name === 'gpu0')).toMatchObject({ rid: '0000:41:00.0', group: 30 })
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
    call(6, 'IOMMU_GET_HW_INFO', { dev_id: 3, data_len: 4294967295, data_uptr: { buf: '(data)' } }),
    call(7, 'IOMMU_GET_HW_INFO', { dev_id: 3, data_len: -1, data_uptr: { buf: '(data)' } }),
  ]
  const report = replayText(lines.map(line => JSON.stringify(line)).join('\n'))
  const calls = 'calls' in report ? report.calls.slice(4) : []
  expect(calls).toHaveLength(4)
  expect(calls.flatMap(one => one.differences).filter(({ field }) => field === 'exception')).toEqual([])
})
