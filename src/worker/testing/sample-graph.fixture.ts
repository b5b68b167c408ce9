/** The sample flow's picture and tables after each of its steps, written out by hand. */
import type {
  GraphEdge,
  GraphNode,
  GraphView,
  InspectAnswer,
  InspectorView,
  InspectQuery,
  TreeRow,
} from '../../engine'
import { mark, spacesAt } from './sample-state.fixture'

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

export function graphAt(n: number): GraphView {
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

function entry(level: number, index: number, hpa: bigint, value: bigint): TreeRow {
  const names = ['PT', 'PD', 'PDPT', 'PML4']
  const kind = value === 0n ? 'empty' : level === 0 ? 'leaf' : 'table'
  return {
    key: `t${hpa}`,
    depth: 3 - level,
    open: kind === 'table' ? true : null,
    level,
    name: names[level] ?? '',
    index,
    lastIndex: index,
    hpa,
    gpa: null,
    value,
    kind,
    iova: BigInt(index) << BigInt(12 + 9 * level),
    output: value & 0xf_ffff_ffff_f000n,
    perm: value === 0n ? '' : 'rw',
    mark: value === 0n ? '' : '+',
    before: value === 0n ? null : 0n,
  }
}

export const GIOVA_ROWS: readonly TreeRow[] = [
  entry(3, 0, 0x10_3000n, 0x10_4003n),
  entry(2, 0, 0x10_4000n, 0x10_5003n),
  entry(1, 0, 0x10_5000n, 0x10_6003n),
  { ...entry(0, 0, 0x10_6000n, 0n), lastIndex: 1 },
  entry(0, 2, 0x10_6010n, 0x1_4000_1003n),
  { ...entry(0, 3, 0x10_6018n, 0n), lastIndex: 511 },
]

export function inspectorAt(n: number, id: string): InspectorView | null {
  const node = graphAt(n).nodes.find(candidate => candidate.id === id)
  if (node === undefined) return null
  const space = spacesAt(n).find(candidate => `space:${candidate.id}` === id)
  const areas = space?.areas ?? []
  return {
    id,
    title: node.title,
    fields: [row('kind', node.subtitle, n, -1), ...node.rows],
    areas: {
      count: areas.length,
      first: areas[0]?.iova ?? null,
      mark: areas.length === 0 ? '' : mark(n, space?.id === 2 ? 15 : 10),
    },
    lowest: areas[0]?.iova ?? null,
    tables: id === 'space:2' && n >= 15 ? [{ table: 2, title: TITLE, root: 0x10_3000n }] : [],
    marks: { table: '', caches: '', accounting: '' },
  }
}

const TITLE = 'VT-d second stage, 4-level, 48 bit'

/** Only the table of giova_ioasid is written out. */
export function inspectAt(n: number, query: InspectQuery): InspectAnswer {
  if (query.what !== 'table' || query.id !== 'space:2' || n < 15) return { what: 'structs', view: null }
  const { from, count } = query
  return {
    what: 'table',
    view: {
      space: 2,
      table: 2,
      title: TITLE,
      format: 'vtd-second-stage',
      within: null,
      root: 0x10_3000n,
      rootHpa: 0x10_3000n,
      levels: 4,
      inputBits: 48,
      domain: 2,
      notModelled: ['page-walk coherency'],
      total: GIOVA_ROWS.length,
      from,
      rows: GIOVA_ROWS.slice(from, from + count),
      focus: 4,
      entry: null,
    },
  }
}
