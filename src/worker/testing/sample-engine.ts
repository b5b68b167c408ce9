/**
 * An engine for tests of the host, the client and the page: the answers for SAMPLE_TEXT, written out
 * by hand. Lines with `@@` are errors that end the flow; `#slow N` makes N empty steps; `#crash` breaks
 * an invariant. Never part of the page that ships.
 */
import type {
  AreaView,
  Diagnostic,
  GraphEdge,
  GraphNode,
  GraphView,
  InspectorView,
  MachineEvent,
  Mark,
  Session,
  SpaceView,
  StateView,
  StepRecord,
  TableRow,
} from '../../engine'
import type { EnginePort, Running } from '../engine-port'

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

const GPA_AREA: AreaView = { iova: 0n, last: 0x3fff_ffffn, target: 0x4000_0000n, perm: 'rw' }
const GIOVA_AREA: AreaView = { iova: 0x2000n, last: 0x2fffn, target: 0x4000_1000n, perm: 'rw' }

function mark(n: number, created: number): Mark {
  return n === created ? '+' : ''
}

function spacesAt(n: number): SpaceView[] {
  const base = { kind: 'kernel', parent: null, nesting: null } as const
  const gpaDevices = [n >= 8 ? 'dev1' : '', n >= 9 && n < 13 ? 'dev2' : ''].filter(name => name !== '')
  const gpa: SpaceView = {
    ...base,
    id: 1,
    name: 'gpa_ioasid',
    attachments: gpaDevices.map(device => ({ device, pasid: null })),
    areas: n >= 10 ? [GPA_AREA] : [],
  }
  const giova: SpaceView = {
    ...base,
    id: 2,
    name: 'giova_ioasid',
    attachments: n >= 14 ? [{ device: 'dev2', pasid: null }] : [],
    areas: n >= 15 ? [GIOVA_AREA] : [],
  }
  return [...(n >= 7 ? [gpa] : []), ...(n >= 12 ? [giova] : [])]
}

function stateAt(n: number): StateView {
  const attachmentsOf = (device: string) =>
    spacesAt(n)
      .filter(space => space.attachments.some(a => a.device === device))
      .map(space => ({ space: space.id, pasid: null }))
  const device = (name: string, rid: string, bound: number) => ({
    name,
    path: `/dev/vfio/devices/${name}`,
    rid,
    group: name === 'dev1' ? 12 : 13,
    bound: n >= bound ? 5 : null,
    attachments: attachmentsOf(name),
  })
  const pages = n >= 6 ? 262_144 : 0
  return {
    addressSpaces: spacesAt(n),
    devices: [device('dev1', '0000:00:03.0', 4), device('dev2', '0000:00:04.0', 5)],
    accounting: {
      pinnedPages: pages,
      accountedPages: pages,
      prereg: n >= 6 ? [{ vaddr: 0x4000_0000n, size: 0x4000_0000n }] : [],
    },
  }
}

const NODE = { variant: '', subtitle: '', inside: null, rows: [], mark: '' } as const

function row(label: string, value: string, n: number, changed: number, before: string | null = null) {
  return {
    label,
    value,
    mark: n === changed ? (before === null ? '+' : '~') : '',
    before: n === changed ? before : null,
  } as const
}

function spaceNodes(n: number): GraphNode[] {
  const base = {
    ...NODE,
    kind: 'space',
    variant: 'kernel',
    inside: 'context:5',
    subtitle: 'kernel-managed, root',
  } as const
  const gpaRows =
    n >= 10
      ? [
          row('area', '0x0 + 1 GiB', n, 10),
          row('root', '0x10_0000 4-level', n, 8),
          row('tables', '3 12 KiB', n, 10, '1'),
          row('leaves', '512 x 2 MiB', n, 10, '0'),
        ]
      : [row('area', 'none', n, 7)]
  const giovaRows =
    n >= 15
      ? [
          row('area', '0x2000 + 4 KiB', n, 15),
          row('root', '0x10_3000 4-level', n, 14),
          row('tables', '4 16 KiB', n, 15, '1'),
          row('leaves', '1 x 4 KiB', n, 15, '0'),
        ]
      : [row('area', 'none', n, 12)]
  return [
    ...(n >= 7
      ? [
          {
            ...base,
            id: 'space:1',
            title: 'gpa_ioasid',
            order: 6,
            rows: gpaRows,
            mark: n === 10 ? '~' : mark(n, 7),
          } as const,
        ]
      : []),
    ...(n >= 12
      ? [
          {
            ...base,
            id: 'space:2',
            title: 'giova_ioasid',
            order: 7,
            rows: giovaRows,
            mark: n === 15 ? '~' : mark(n, 12),
          } as const,
        ]
      : []),
  ]
}

function deviceNodes(n: number): GraphNode[] {
  return [1, 2].flatMap(i => {
    const bound = n >= 3 + i
    const rows = [
      row('path', `/dev/vfio/devices/dev${i}`, n, i),
      ...(bound ? [row('bound', 'fd 5', n, 3 + i)] : []),
    ]
    const group = {
      ...NODE,
      id: `group:${11 + i}`,
      kind: 'group',
      title: `group ${11 + i}`,
      subtitle: '1 device',
      order: i,
    } as const
    const device = {
      ...NODE,
      id: `device:dev${i}`,
      kind: 'device',
      title: `dev${i}`,
      subtitle: `0000:00:0${2 + i}.0`,
      inside: group.id,
      order: 2 + i,
      rows,
      mark: mark(n, i),
    } as const
    return [group, device]
  })
}

function memoryNode(n: number): GraphNode {
  const rows = [
    ...(n >= 6 ? [row('prereg', '262,144 pages pinned, accounted once', n, 6)] : []),
    ...(n >= 10 ? [row('gpa_ioasid', 'IOVA 0x0 + 1 GiB', n, 10)] : []),
    ...(n >= 15 ? [row('giova_ioasid', 'HVA 0x4000_1000 + 4 KiB from IOVA 0x2000', n, 15)] : []),
  ]
  return {
    ...NODE,
    id: 'memory',
    kind: 'memory',
    title: 'Process memory',
    subtitle: 'VMM, HVA',
    order: 1,
    rows,
  }
}

function edgesAt(n: number): GraphEdge[] {
  const attach = (device: string, space: number, rid: string, since: number): GraphEdge => ({
    id: `attach:${device}:${space}`,
    kind: 'attach',
    from: `device:${device}`,
    to: `space:${space}`,
    label: `RID ${rid}`,
    dashed: false,
    mark: mark(n, since),
  })
  const map = (space: number, since: number): GraphEdge => ({
    id: `map:${space}`,
    kind: 'map',
    from: `space:${space}`,
    to: 'memory',
    label: '1 area',
    dashed: false,
    mark: mark(n, since),
  })
  return [
    ...(n >= 8 ? [attach('dev1', 1, '00:03.0', 8)] : []),
    ...(n >= 9 && n < 13 ? [attach('dev2', 1, '00:04.0', 9)] : []),
    ...(n >= 14 ? [attach('dev2', 2, '00:04.0', 14)] : []),
    ...(n >= 10 ? [map(1, 10)] : []),
    ...(n >= 15 ? [map(2, 15)] : []),
  ]
}

function graphAt(n: number): GraphView {
  const context: GraphNode = {
    ...NODE,
    id: 'context:5',
    kind: 'context',
    title: 'ioasid_ctx',
    subtitle: 'fd 5',
    order: 5,
    mark: mark(n, 3),
  }
  const ports = [
    ...(n >= 8 ? [row('ctx 00:03.0', 'DID 1 TT 0 AW 2', n, 8)] : []),
    ...(n >= 9 ? [row('ctx 00:04.0', n >= 14 ? 'DID 2 TT 0 AW 2' : 'DID 1 TT 0 AW 2', n, 9)] : []),
  ]
  const iommu: GraphNode = {
    ...NODE,
    id: 'iommu:0',
    kind: 'iommu',
    title: 'dmar0',
    subtitle: 'VT-d legacy mode',
    order: 1,
    rows: ports,
  }
  return {
    title: 'Multiple IOASIDs (no nesting)',
    nodes: [memoryNode(n), iommu, ...deviceNodes(n), ...(n >= 3 ? [context] : []), ...spaceNodes(n)],
    edges: edgesAt(n),
  }
}

const FIELDS = [
  { name: 'TM', high: 62, low: 62, doc: 'transient mapping' },
  { name: 'ADDR', high: 51, low: 12, doc: 'address of the page or of the next table' },
  { name: 'SNP', high: 11, low: 11, doc: 'snoop' },
  { name: 'PS', high: 7, low: 7, doc: 'a leaf above level 0' },
  { name: 'X', high: 2, low: 2, doc: 'execute' },
  { name: 'W', high: 1, low: 1, doc: 'write' },
  { name: 'R', high: 0, low: 0, doc: 'read' },
]

function entry(level: number, index: number, hpa: bigint, value: bigint): TableRow {
  const names = ['PT', 'PD', 'PDPT', 'PML4']
  const fields = FIELDS.map(f => ({
    ...f,
    value: (value >> BigInt(f.low)) & ((1n << BigInt(f.high - f.low + 1)) - 1n),
  }))
  const kind = value === 0n ? 'empty' : level === 0 ? 'leaf' : 'table'
  return {
    level,
    name: names[level] ?? '',
    index,
    lastIndex: index,
    hpa,
    value,
    kind,
    iova: BigInt(index) << BigInt(12 + 9 * level),
    output: value & 0xf_ffff_ffff_f000n,
    perm: value === 0n ? '' : 'rw',
    mark: value === 0n ? '' : '+',
    fields,
  }
}

const GIOVA_ROWS: readonly TableRow[] = [
  entry(3, 0, 0x10_3000n, 0x10_4003n),
  entry(2, 0, 0x10_4000n, 0x10_5003n),
  entry(1, 0, 0x10_5000n, 0x10_6003n),
  { ...entry(0, 0, 0x10_6000n, 0n), lastIndex: 1 },
  entry(0, 2, 0x10_6010n, 0x1_4000_1003n),
  { ...entry(0, 3, 0x10_6018n, 0n), lastIndex: 511 },
]

function inspectorAt(n: number, id: string): InspectorView | null {
  const node = graphAt(n).nodes.find(candidate => candidate.id === id)
  if (node === undefined) return null
  const space = spacesAt(n).find(candidate => `space:${candidate.id}` === id)
  const areas = (space?.areas ?? []).map(area => ({ ...area, mark: mark(n, space?.id === 2 ? 15 : 10) }))
  const tables =
    id === 'space:2' && n >= 15
      ? [
          {
            space: 2,
            table: 2,
            format: 'vtd-second-stage',
            title: 'VT-d second stage, 4-level, 48 bit',
            root: 0x10_3000n,
            rows: GIOVA_ROWS,
            notModelled: ['page-walk coherency'],
          },
        ]
      : []
  return { id, title: node.title, fields: [row('kind', node.subtitle, n, -1), ...node.rows], areas, tables }
}

function recordOf([line, call, verb, object, ret, errno]: Row, index: number, text: string): StepRecord {
  return {
    n: index + 1,
    line,
    text: text.split('\n')[line - 1]?.trim() ?? '',
    call,
    ret,
    errno: errno ?? null,
    rule: errno === undefined ? null : 'map.not-preregistered',
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
    text: 'note("")',
    call: 'note',
    ret: 0,
    errno: null,
    rule: null,
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
  readonly assumptions = [{ name: 'mode', value: 'O_RDWR', line: 8, directive: null }]
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
      from: 2,
    }
  }
  canonicalHash() {
    return `sample:${this.at}`
  }
}

class SampleRun implements Running<SampleSession> {
  done = 0
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
  graph: session => graphAt(session.at),
  inspector: (session, id) => inspectorAt(session.at, id),
  rule: id => ({ id, text: 'vaddr {vaddr} lies in no registered range', source: 'v1 2', basis: 'ruling' }),
  ascii: graph => graph.nodes.map(node => node.title).join('\n'),
}
