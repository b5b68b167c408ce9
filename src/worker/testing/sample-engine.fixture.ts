/**
 * An engine for tests of the host, the client and the page: the answers for SAMPLE_TEXT, written out
 * by hand. Lines with `@@` are errors that end the flow; `#slow N` makes N empty steps; `#crash` breaks
 * an invariant. Never part of the page that ships.
 */
import type { Diagnostic, MachineEvent, Session, StepRecord } from '../../engine'
import type { EnginePort, Running } from '../engine-port'
import { GIOVA_ROWS, graphAt, inspectAt, inspectorAt } from './sample-graph.fixture'
import { stateAt } from './sample-state.fixture'

type Row = readonly [line: number, call: string, verb: string, object: string, ret: number, refusal?: string]

const ROWS: readonly Row[] = [
  [8, 'open', 'open', 'dev1', 3],
  [9, 'open', 'open', 'dev2', 4],
  [10, 'open', 'open', 'ioasid', 5],
  [11, 'VFIO_BIND_IOASID_FD', 'BIND', 'dev1', 0],
  [12, 'VFIO_BIND_IOASID_FD', 'BIND', 'dev2', 0],
  [16, 'IOASID_REGISTER_MEMORY', 'REGISTER', '1 GiB', 0],
  [18, 'IOASID_ALLOC', 'ALLOC', 'gpa', 1],
  [20, 'VFIO_ATTACH_IOASID', 'ATTACH', 'dev1 gpa', 0],
  [21, 'VFIO_ATTACH_IOASID', 'ATTACH', 'dev2 gpa', 0],
  [24, 'IOASID_MAP_DMA', 'MAP', 'gpa 1 GiB', 0],
  [28, 'IOASID_MAP_DMA', 'MAP', 'gpa 0xfd000000', -1, 'EINVAL'],
  [31, 'IOASID_ALLOC', 'ALLOC', 'giova', 2],
  [33, 'VFIO_DETACH_IOASID', 'DETACH', 'dev2 gpa', 0],
  [35, 'VFIO_ATTACH_IOASID', 'ATTACH', 'dev2 giova', 0],
  [39, 'IOASID_MAP_DMA', 'MAP', 'giova 0x2000', 0],
]

function recordOf([line, call, verb, object, ret, errno]: Row, index: number, text: string): StepRecord {
  return {
    n: index + 1,
    line,
    lines: [{ first: line, last: line }],
    text: text.split('\n')[line - 1]?.trim() ?? '',
    call,
    ret,
    errno: errno ?? null,
    rule: errno === undefined ? null : 'map.not-preregistered',
    expected: false,
    message: errno === undefined ? null : 'vaddr 0x7f20_0000_0000 + 16 KiB lies in no registered range',
    out: null,
    label: { verb, object },
  }
}

function diagnosticsOf(text: string): Diagnostic[] {
  return text.split('\n').flatMap((line, index) => {
    const column = line.indexOf('@@')
    if (column < 0) return []
    const from = text.split('\n').slice(0, index).join('\n').length + (index > 0 ? 1 : 0) + column
    const span = { from, to: from + 2, line: index + 1, column: column + 1 }
    const fix = { title: 'Remove @@', from, to: from + 2, insert: '' }
    return [
      {
        severity: 'error',
        code: 'syntax.unexpected',
        message: 'unexpected @@',
        hint: 'remove it',
        span,
        fix,
      } as const,
    ]
  })
}

function eventsAt(n: number, step: StepRecord | undefined): MachineEvent[] {
  if (step === undefined) return []
  const at = { step: n, sub: 0 }
  return [
    { ...at, seq: 1, kind: 'call', actor: 'vmm', fd: 5, cmd: step.call, args: { ioasid: 2n, iova: 0x2000n } },
    ...(n === 15
      ? ([
          {
            ...at,
            seq: 2,
            kind: 'area-added',
            actor: 'kernel',
            space: 2,
            first: 0x2000n,
            last: 0x2fffn,
            target: 0x4000_1000n,
            perm: 'rw',
            cause: 'map',
          },
          {
            ...at,
            seq: 3,
            kind: 'table-allocated',
            actor: 'kernel',
            table: 2,
            level: 2,
            hpa: 0x10_4000n,
            bytes: 4096,
          },
          {
            ...at,
            seq: 4,
            kind: 'entries-written',
            actor: 'kernel',
            table: 2,
            level: 3,
            hpa: 0x10_3000n,
            index: 0,
            count: 1,
            before: 0n,
            after: 0x10_4003n,
            stride: 0n,
          },
        ] as const)
      : []),
    {
      ...at,
      seq: 9,
      kind: 'return',
      actor: 'kernel',
      ret: step.ret,
      errno: step.errno,
      rule: step.rule,
      out: null,
    },
  ]
}

function emptyStep(n: number): StepRecord {
  return {
    n,
    line: 1,
    lines: [{ first: 1, last: 1 }],
    text: 'note("")',
    call: 'note',
    ret: 0,
    errno: null,
    rule: null,
    expected: false,
    message: null,
    out: null,
    label: { verb: 'note', object: '' },
  }
}

function stepsOf(text: string, slow: number): StepRecord[] {
  if (slow > 0) return Array.from({ length: slow }, (_, i) => emptyStep(i + 1))
  const broken = diagnosticsOf(text)[0]?.span.line ?? Number.POSITIVE_INFINITY
  const lines = text.split('\n').length
  return ROWS.map((r, i) => recordOf(r, i, text)).filter(s => s.line < broken && s.line < lines)
}

class SampleSession implements Session {
  readonly scenario = {
    title: 'Multiple IOASIDs (no nesting)',
    dialect: 'rfc-v1',
    platform: 'vtd',
    policy: { prereg: 'command', unmap: 'exact' },
  }
  readonly reading = { aliases: [], skipped: [] }
  readonly assumptions = [{ name: 'mode', value: 'O_RDWR', line: 8, directive: null, fix: null }]
  readonly diagnostics: readonly Diagnostic[]
  readonly steps: readonly StepRecord[]
  readonly text: string
  at = 0

  constructor(text: string, slow: number) {
    this.text = text
    this.diagnostics = diagnosticsOf(text)
    this.steps = stepsOf(text, slow)
    this.at = this.steps.length
  }
  get ok() {
    return this.diagnostics.length === 0
  }
  seek(n: number) {
    this.at = n
  }
  runTo() {
    return this.steps.find(s => s.errno !== null && s.n > this.at)?.n ?? this.steps.length
  }
  stops() {
    return false
  }
  state() {
    return stateAt(this.at)
  }
  explain(n: number) {
    if (this.text.includes('#crash')) throw new Error('sample invariant')
    return eventsAt(n, this.steps[n - 1])
  }
  cost(n: number) {
    const none = {
      calls: 1,
      hotCalls: 0,
      entriesWritten: 0,
      configWords: 0,
      tablesLive: 0,
      tableBytes: 0,
      pinsNew: 0,
      pinnedPages: 0,
      accountedDelta: 0,
      accountedPages: 0,
      flushAll: 0,
      flushDomain: 0,
      flushRange: 0,
      dmaReferencesCold: 0,
      dmaReferencesWarm: 0,
      iotlbHits: 0,
      iotlbMisses: 0,
    }
    return n === 15
      ? {
          ...none,
          entriesWritten: 4,
          tablesLive: 7,
          tableBytes: 28_672,
          pinnedPages: 262_144,
          accountedPages: 262_144,
        }
      : none
  }
  costThrough(n: number) {
    return this.cost(n)
  }
  walk(request: { device: string; pasid: number | null; address: bigint; write: boolean }) {
    if (request.device !== 'dev2') return { problem: `no walk written for ${request.device}` }
    const ok = request.address >= 0x2000n && request.address <= 0x2fffn
    const references = GIOVA_ROWS.filter(r => r.kind !== 'empty').map(r => ({
      stage: 'second' as const,
      level: r.level,
      address: r.hpa,
      value: r.value,
      what: `${r.name}[${r.index}]`,
      fields: { R: 1, W: 1 },
      words: [r.value],
      bits: [],
      from: null,
      serves: null,
    }))
    const fault = {
      code: '0x6',
      name: 'read permission',
      stage: 'second',
      level: 0,
      address: request.address,
      access: 'read',
    } as const
    return {
      ok,
      fault: ok ? null : fault,
      output: ok ? 0x1_4000_1000n + (request.address & 0xfffn) : null,
      perm: ok ? 'rw' : null,
      pageSize: ok ? 4096 : null,
      references,
      cache: 'none' as const,
      from: 2,
    }
  }
  canonicalHash() {
    return `sample:${this.at}`
  }
}

class SampleRun implements Running<SampleSession> {
  done = 0
  readonly shared = 0
  readonly #text: string
  readonly #total: number

  constructor(text: string) {
    this.#text = text
    this.#total = Number(/#slow (\d+)/.exec(text)?.[1] ?? 0)
  }
  advance(steps: number) {
    const end = performance.now() + (this.#total > 0 ? 2 : 0)
    while (performance.now() < end);
    this.done = Math.min(this.done + steps, this.#total)
    return this.done >= this.#total
  }
  finish() {
    return new SampleSession(this.#text, this.#total)
  }
}

/** See the head of this file. */
export const sampleEngine: EnginePort<SampleSession> = {
  begin: text => new SampleRun(text),
  isLive: () => true,
  graph: session => graphAt(session.at),
  names: session => graphAt(session.at),
  inspector: (session, id) => inspectorAt(session.at, id),
  inspect: (session, query) => inspectAt(session.at, query),
  rule: id => ({ id, text: 'vaddr {vaddr} lies in no registered range', source: 'v1 2', basis: 'ruling' }),
  events: (session, n) =>
    session.explain(n).map(({ seq, kind, actor }) => ({
      seq,
      sub: 0,
      kind,
      actor,
      mark: '',
      object: kind,
      detail: '',
      node: null,
    })),
  lanes: () => ({ actors: [], rows: [] }),
  ascii: graph => graph.nodes.map(node => node.title).join('\n'),
  mail: (session, link) => `step ${session.at}\n${link}\n`,
  choices: () => ({ dialects: [], platforms: [], viommuWays: [] }),
  matrix: () => ({ problem: 'the sample has no matrix' }),
  matrixText: () => '',
  helpAt: () => null,
  helpFor: () => null,
  completionsAt: () => null,
}
