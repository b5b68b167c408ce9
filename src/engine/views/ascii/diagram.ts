/**
 * The objects of one file in the manner of the kernel documentation's object diagrams: the file as the outer frame, its
 * objects side by side with `[n]` above each in the order of creation, arrows from who holds to who is held, and below
 * the frame the kernel's structures behind them. A vIOMMU stands around the page table it was made for.
 *
 *    IOAS <--- HWPT_PAGING <--- HWPT_NESTED <-- DEVICE
 *
 * Drawn so are files with at most one object for each of these places (and a vDEVICE); others as any graph is.
 *
 * Source: Documentation/userspace-api/iommufd.rst, the three diagrams of its user-visible objects, for what is in which
 * box, which arrow leads where, and the columns.
 */
import type { DiagramPlace, GraphEdge, GraphNode, GraphView } from '../contract'
import { Canvas } from './canvas'
import { prefixed, sevenBit } from './text'

/** Walls in columns from the frame's left one, both inclusive. */
interface Walls {
  readonly left: number
  readonly right: number
}

const FRAME: Walls = { left: 0, right: 72 }
const WIDTH = FRAME.right + 1
const BOXES: Readonly<Record<Exclude<DiagramPlace, 'file'>, Walls>> = {
  ioas: { left: 2, right: 19 },
  paging: { left: 24, right: 38 },
  nested: { left: 43, right: 57 },
  device: { left: 61, right: 70 },
  viommu: { left: 24, right: 38 },
  vdevice: { left: 43, right: 57 },
}
/** Where numbers begin above the boxes. */
const TAGS: Readonly<Record<Exclude<DiagramPlace, 'file'>, number>> = {
  ioas: 9,
  paging: 30,
  nested: 49,
  device: 65,
  viommu: 30,
  vdevice: 49,
}
/** A vIOMMU's line goes down left of it. */
const IOAS_BESIDE_VIOMMU: Walls = { left: 12, right: 19 }
const IOAS_TAG_BESIDE_VIOMMU = 14
/** Where lines leave an object downwards, and where a device's goes up to its vDEVICE. */
const STEMS = { ioas: 10, paging: 31, nested: 50, device: 66, viommu: 7 } as const
const IOAS_STEM_BESIDE_VIOMMU = 16
const UP_TO_VDEVICE = 63
const STRUCTS = {
  paging: { left: 24, right: 37 },
  nested: { left: 43, right: 56 },
  device: { left: 62, right: 69 },
  viommu: { left: 0, right: 13 },
} as const
/** How much deeper everything stands below a vIOMMU's own part. */
const VIOMMU_ROWS = 5

type Parts = Readonly<Partial<Record<DiagramPlace, GraphNode>>>

interface Diagram {
  readonly parts: Parts
  readonly edges: readonly GraphEdge[]
  readonly numbers: ReadonlyMap<string, number>
  readonly canvas: Canvas
  /** Row of the names of IOAS, tables and device. */
  readonly middle: number
}

const isThere = ({ mark }: { readonly mark: string }): boolean => mark !== '-'

/** The drawing with a line below it for each object, or null where a graph has no such file or does not fit. */
export function diagramLines(graph: GraphView, width: number): string[] | null {
  const there = graph.nodes.filter(isThere)
  const nodes = there.filter(node => node.diagram !== undefined)
  // A queue or an access has a number and no place.
  const parts = there.some(node => node.number !== undefined && node.diagram === undefined)
    ? null
    : partsOf(nodes)
  if (parts === null || width < WIDTH) return null
  const own = new Set(nodes.map(node => node.id))
  const edges = graph.edges.filter(edge => isThere(edge) && own.has(edge.from) && own.has(edge.to))
  if (!edges.every(edge => canDraw(edge, parts))) return null
  const canvas = new Canvas()
  const diagram: Diagram = {
    parts,
    edges,
    numbers: numbersOf(nodes),
    canvas,
    middle: 6 + (parts.viommu === undefined ? 0 : VIOMMU_ROWS),
  }
  drawFile(diagram)
  drawObjects(diagram)
  drawStructs(diagram)
  return [...canvas.lines(), '', ...legend(graph, diagram, width)]
}

/** One node for each place; null without a file, or with two in one place. */
function partsOf(nodes: readonly GraphNode[]): Parts | null {
  const parts: Partial<Record<DiagramPlace, GraphNode>> = {}
  for (const node of nodes) {
    const place = node.diagram?.place
    if (place === undefined) continue
    if (parts[place] !== undefined) return null
    parts[place] = node
  }
  return parts.file === undefined || nodes.length === 1 ? null : parts
}

/** Ranks in the order of creation. */
function numbersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const numbered = nodes.filter(node => node.number !== undefined)
  const sorted = numbered.sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
  return new Map(sorted.map(({ id }, i) => [id, i + 1]))
}

/** From place to place, in the order of the drawing; a device on a table right of which another stands has no way. */
const LINES: readonly (readonly [from: DiagramPlace, to: DiagramPlace])[] = [
  ['paging', 'ioas'],
  ['nested', 'paging'],
  ['nested', 'viommu'],
  ['viommu', 'paging'],
  ['vdevice', 'viommu'],
  ['device', 'vdevice'],
  ['device', 'nested'],
  ['device', 'paging'],
]

function canDraw({ from, to }: GraphEdge, parts: Parts): boolean {
  const ends = LINES.find(([a, b]) => parts[a]?.id === from && parts[b]?.id === to)
  if (ends === undefined) return false
  return !(ends[0] === 'device' && ends[1] === 'paging' && parts.nested !== undefined)
}

function edgeBetween({ edges, parts }: Diagram, from: DiagramPlace, to: DiagramPlace): GraphEdge | null {
  return edges.find(edge => edge.from === parts[from]?.id && edge.to === parts[to]?.id) ?? null
}

const ioasWalls = ({ parts }: Diagram): Walls =>
  parts.viommu === undefined ? BOXES.ioas : IOAS_BESIDE_VIOMMU
const ioasStem = ({ parts }: Diagram): number =>
  parts.viommu === undefined ? STEMS.ioas : IOAS_STEM_BESIDE_VIOMMU

function drawFile({ canvas, parts, middle }: Diagram): void {
  canvas.box({ top: 0, bottom: middle + 3, ...FRAME })
  const beside = [
    parts.viommu && `with ${[parts.viommu, parts.vdevice].flatMap(node => node?.title ?? []).join('/')}`,
    parts.nested && `with ${parts.nested.title}`,
    parts.paging && `${parts.paging.title} only`,
  ].find(text => text !== undefined)
  const title = sevenBit([parts.file?.diagram?.name ?? '', beside && `(${beside})`].filter(Boolean).join(' '))
  canvas.text(1, centred(FRAME, title), title)
}

/** A column nearer to the right where there is no middle. */
const centred = ({ left, right }: Walls, text: string): number =>
  Math.max(left + 1, left + 1 + Math.ceil((right - left - 1 - text.length) / 2))

function writeName(canvas: Canvas, row: number, walls: Walls, { diagram }: GraphNode): void {
  const name = sevenBit(diagram?.name ?? '')
  canvas.text(row, centred(walls, name), name)
}

function tag({ numbers }: Diagram, node: GraphNode): string {
  return `[${numbers.get(node.id)}]${node.mark}`
}

function drawObjects(diagram: Diagram): void {
  const { canvas, parts, middle } = diagram
  const wide = parts.viommu === undefined
  const box = (place: Exclude<DiagramPlace, 'file'>, walls = BOXES[place], tagColumn = TAGS[place]) => {
    const node = parts[place]
    if (node === undefined) return
    canvas.box({ top: middle - 2, bottom: middle + 1, ...walls })
    canvas.text(middle - 3, tagColumn, tag(diagram, node))
    writeName(canvas, middle, walls, node)
  }
  if (wide) box('ioas')
  else box('ioas', IOAS_BESIDE_VIOMMU, IOAS_TAG_BESIDE_VIOMMU)
  if (wide) box('paging')
  box('nested')
  box('device')
  drawViommu(diagram)
  drawArrows(diagram)
}

/** The box around the page table, the line to the IOMMU on the left, the vDEVICE on the right. */
function drawViommu(diagram: Diagram): void {
  const { canvas, parts, middle } = diagram
  const { viommu, paging, vdevice } = parts
  if (viommu === undefined) return
  const walls = BOXES.viommu
  const top = middle - 2 - VIOMMU_ROWS
  canvas.box({ top, bottom: middle + 1, ...walls })
  canvas.text(top - 1, TAGS.viommu, tag(diagram, viommu))
  writeName(canvas, top + 2, walls, viommu)
  canvas.across(top + 2, STEMS.viommu + 1, walls.left - 1)
  canvas.down(STEMS.viommu, top + 2, middle + 3)
  if (paging !== undefined) {
    const name = `(${paging.diagram?.name ?? ''})`
    canvas.text(middle - 1, TAGS.paging, tag(diagram, paging))
    canvas.text(middle, centred(walls, name), sevenBit(name))
  }
  if (vdevice === undefined) return
  canvas.box({ top, bottom: top + 3, ...BOXES.vdevice })
  canvas.text(top - 1, TAGS.vdevice, tag(diagram, vdevice))
  writeName(canvas, top + 2, BOXES.vdevice, vdevice)
}

function drawArrows(diagram: Diagram): void {
  const { canvas, parts, middle } = diagram
  const left = (row: number, from: number, last: number, edge: GraphEdge | null, dashes = false) => {
    if (edge === null) return
    canvas.across(row, from, last, dashes && edge.dashed ? '- ' : '-')
    canvas.text(row, from, '<')
  }
  const { paging, nested, device, vdevice } = BOXES
  left(middle, ioasWalls(diagram).right + 1, paging.left - 1, edgeBetween(diagram, 'paging', 'ioas'))
  const up = edgeBetween(diagram, 'nested', 'paging') ?? edgeBetween(diagram, 'nested', 'viommu')
  left(middle, paging.right + 1, nested.left - 1, up)
  left(middle, nested.right + 1, device.left - 1, edgeBetween(diagram, 'device', 'nested'), true)
  left(middle, paging.right + 1, device.left - 1, edgeBetween(diagram, 'device', 'paging'), true)
  if (parts.viommu === undefined) return
  const top = middle - 2 - VIOMMU_ROWS
  left(top + 2, paging.right + 1, vdevice.left - 1, edgeBetween(diagram, 'vdevice', 'viommu'))
  const stands = edgeBetween(diagram, 'device', 'vdevice')
  left(top + 2, vdevice.right + 1, UP_TO_VDEVICE - 1, stands)
  if (stands !== null) canvas.down(UP_TO_VDEVICE, top + 2, middle - 2)
}

/** What the kernel keeps behind the objects, below the frame. */
function drawStructs(diagram: Diagram): void {
  const { canvas, parts, middle } = diagram
  const [inside, floor, top] = [middle + 2, middle + 3, middle + 5]
  const stem = (column: number, last: number) => canvas.down(column, inside, last)
  for (const place of ['paging', 'nested', 'device', 'viommu'] as const) {
    const struct = parts[place]?.diagram?.struct
    if (struct === undefined) continue
    const walls = STRUCTS[place]
    canvas.box({ top, bottom: top + 3, ...walls })
    struct.forEach((line, i) => {
      canvas.text(top + 1 + i, centred(walls, line), line)
    })
    stem(STEMS[place], top - 1)
    canvas.text(top, STEMS[place], 'v')
  }
  if (parts.ioas !== undefined) {
    stem(ioasStem(diagram), parts.paging === undefined ? floor : top + 2)
    if (parts.paging !== undefined) drawStorage(diagram, top)
  }
  const table = parts.nested === undefined ? STRUCTS.paging : STRUCTS.nested
  const attached = edgeBetween(diagram, 'device', 'nested') ?? edgeBetween(diagram, 'device', 'paging')
  if (attached !== null) leftTo(canvas, top + 2, table.right + 1, STRUCTS.device.left - 1)
  if (parts.nested !== undefined && parts.paging !== undefined)
    leftTo(canvas, top + 2, STRUCTS.paging.right + 1, STRUCTS.nested.left - 1)
}

function leftTo(canvas: Canvas, row: number, from: number, last: number): void {
  canvas.across(row, from, last)
  canvas.text(row, from, '<')
}

/** The page tables that an IOAS fills hold the frame numbers of its pages. */
function drawStorage(diagram: Diagram, top: number): void {
  const { canvas, parts } = diagram
  const from = ioasStem(diagram) + 1
  const last = STRUCTS.paging.left - 1
  canvas.across(top + 2, from, last)
  canvas.text(top + 2, last, '>')
  if (parts.viommu === undefined) canvas.text(top + 1, from + 1, 'PFN storage')
  else {
    canvas.text(top + 1, from + 2, 'PFN')
    canvas.text(top + 3, from, 'storage')
  }
}

/** `[2] DEVICE  dev1, ...` in the order of the numbers, then what the step took away. */
function legend(graph: GraphView, diagram: Diagram, width: number): string[] {
  const told = graph.nodes.filter(node => diagram.numbers.has(node.id))
  const rank = (node: GraphNode) => diagram.numbers.get(node.id) ?? 0
  const lines = told
    .sort((a, b) => rank(a) - rank(b))
    .map(node => `${tag(diagram, node)} ${described(graph, node)}`)
  const gone = graph.nodes.filter(node => !isThere(node) && node.diagram !== undefined)
  const all = [...lines, ...gone.map(node => `gone: ${described(graph, node)}`)]
  return all.flatMap(text => prefixed(sevenBit(text), { first: '  ', next: '      ', width }))
}

function described({ edges }: GraphView, node: GraphNode): string {
  const name = node.diagram?.name ?? node.title
  const attached = edges.filter(edge => edge.kind === 'attach' && edge.from === node.id && isThere(edge))
  const own = name === node.title ? [] : [node.title]
  const rows = node.kind === 'space' ? node.rows.map(row => `${row.label} ${row.value}`) : []
  return [
    `${name}  ${[...own, node.subtitle, ...attached.map(edge => edge.label), ...rows].join(', ')}`,
  ].join('')
}
