/**
 * Where everything of a drawing stands: rows and columns, no characters yet.
 *
 * Columns are settled first, from the widest texts of each side; then rows, from the top, one row
 * for each attachment, which no other line uses. Boxes grow downwards to hold their rows.
 */
import type { GraphEdge, GraphNode } from '../contract'
import type { Box } from './canvas'
import { edgeText, type Labels } from './labels'
import type { Shape, ShapedDevice, ShapedSpace } from './shape'
import { sevenBit, wrapped } from './text'

export interface PlacedBox extends Box {
  readonly node: GraphNode
  readonly lines: readonly string[]
  /** `[3]` and what is said beside it, on the row above the box. */
  readonly tag: string
}

export interface PlacedSpace extends PlacedBox {
  readonly shape: ShapedSpace
}

export interface Layout {
  readonly frames: readonly { readonly title: string | null; readonly top: number; readonly bottom: number }[]
  readonly spaces: readonly PlacedSpace[]
  readonly devices: readonly PlacedBox[]
  readonly headings: readonly { readonly row: number; readonly column: number; readonly text: string }[]
  readonly attaches: readonly {
    readonly edge: GraphEdge
    readonly label: string
    readonly row: number
    readonly from: number
    readonly last: number
  }[]
  readonly bottom: readonly PlacedBox[]
  readonly frameRight: number
}

/** Text columns that boxes of either side may take; the first pair that fits the width is taken. */
const LIMITS = [
  { space: 28, device: 20 },
  { space: 20, device: 14 },
  { space: 14, device: 10 },
] as const
const MAX_BOX_LINES = 5
const MAX_ROWS = 160
/** The trunk that leads from mapped spaces down to memory. */
export const TRUNK_COLUMN = 2
const INDENT = 4
const WALLS = 4

type Limits = (typeof LIMITS)[number]

const boxLines = (node: GraphNode, limit: number): string[] =>
  [node.title, node.subtitle]
    .filter((text, i) => i === 0 || text !== '')
    .flatMap(text => wrapped(sevenBit(text), limit))

const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(text => text.length))

const besideTag = (tag: string, edges: readonly (GraphEdge | null)[]) =>
  [tag, ...edges.map(edge => (edge === null ? '' : edgeText(edge)))].filter(text => text !== '').join(' ')

interface Columns {
  readonly limits: Limits
  readonly spaceLeft: (depth: number) => number
  readonly frameRight: number
  readonly deviceLeft: number
  readonly right: number
}

function columnsOf(shape: Shape, labels: Labels, limits: Limits): Columns {
  const spaces = shape.frames.flatMap(frame => frame.spaces)
  const base = spaces.some(space => space.map !== null) ? TRUNK_COLUMN + 3 : 2
  const spaceLeft = (depth: number) => base + INDENT * depth
  const spaceEnds = spaces.flatMap(({ node, depth, nest, map }) => [
    spaceLeft(depth) + WALLS + widest(boxLines(node, limits.space)) + 3,
    spaceLeft(depth) + 3 + besideTag(labels.tag(node), [nest, map]).length,
  ])
  const titleEnds = shape.frames.map(({ context }) => (context ? frameTitle(context, labels).length + 6 : 0))
  const frameRight = Math.max(10, ...spaceEnds, ...titleEnds)
  const gap = widest(spaces.flatMap(space => space.attaches.map(labels.inline)))
  const deviceLeft = frameRight + (gap === 0 ? 5 : gap + 6)
  return {
    limits,
    spaceLeft,
    frameRight,
    deviceLeft,
    right: rightEnd(shape, labels, { limits, frameRight, deviceLeft }),
  }
}

function rightEnd(
  shape: Shape,
  labels: Labels,
  columns: Pick<Columns, 'limits' | 'frameRight' | 'deviceLeft'>,
): number {
  const texts = shape.devices.flatMap(({ node, headings }) => [
    ...boxLines(node, columns.limits.device).map(line => line.length + WALLS),
    labels.tag(node).length + 2,
    ...headings.map(({ node, depth }) => headingText(node, labels).length + 2 * depth),
  ])
  return shape.devices.length === 0 ? columns.frameRight + 1 : columns.deviceLeft + Math.max(...texts)
}

const headingText = (node: GraphNode, labels: Labels) =>
  [sevenBit(node.title), labels.tag(node), sevenBit(node.subtitle)].filter(text => text !== '').join(' ')

const frameTitle = (node: GraphNode, labels: Labels) => headingText(node, labels)

/** Grows while rows are given out, from the top. */
interface Rows {
  space: number
  device: number
  attach: number
  open: { placed: Omit<PlacedBox, 'bottom'>; last: number } | null
  waiting: ShapedDevice[]
  readonly spaces: PlacedSpace[]
  readonly devices: PlacedBox[]
  readonly headings: { row: number; column: number; text: string }[]
  readonly attaches: { edge: GraphEdge; label: string; row: number; from: number; last: number }[]
}

interface Sheet {
  readonly rows: Rows
  readonly columns: Columns
  readonly labels: Labels
}

/** The lowest row that a box with these lines and rows needs. */
const floorOf = (top: number, lines: readonly string[], lastRow: number) =>
  Math.max(top + lines.length + 1, lastRow + 1)

function closeDevice({ rows }: Sheet): void {
  if (rows.open === null) return
  const { placed, last } = rows.open
  const bottom = floorOf(placed.top, placed.lines, last)
  rows.devices.push({ ...placed, bottom })
  rows.device = bottom + 1
  rows.open = null
}

/** Starts the next device with its top no higher than `top`; devices stand in the order given. */
function openDevice(sheet: Sheet, { node, headings }: ShapedDevice, top: number): void {
  const { rows, columns, labels } = sheet
  closeDevice(sheet)
  const lines = boxLines(node, columns.limits.device)
  const left = columns.deviceLeft
  const start = Math.max(top, rows.device + headings.length + 1)
  headings.forEach(({ node, depth }, i) => {
    const row = start - 1 - headings.length + i
    rows.headings.push({ row, column: left + 2 * depth, text: headingText(node, labels) })
  })
  const right = left + widest(lines) + WALLS - 1
  rows.open = { placed: { node, lines, tag: labels.tag(node), top: start, left, right }, last: start }
}

/** Makes `id` the open device; those before it in the order have no attachment and are placed first. */
function reachDevice(sheet: Sheet, id: string, top: number): void {
  const { rows } = sheet
  if (rows.open?.placed.node.id === id) return
  let next = rows.waiting.shift()
  for (; next && next.node.id !== id; next = rows.waiting.shift()) openDevice(sheet, next, 0)
  if (next) openDevice(sheet, next, top)
}

function attachRow(sheet: Sheet, edge: GraphEdge, lowest: number): number {
  const { rows } = sheet
  const least = Math.max(lowest, rows.attach + 1)
  reachDevice(sheet, edge.from, least - 1)
  const row = Math.max(least, (rows.open?.placed.top ?? 0) + 1)
  if (rows.open) rows.open.last = row
  rows.attach = row
  return row
}

function placeSpace(sheet: Sheet, shape: ShapedSpace): void {
  const { rows, columns, labels } = sheet
  const lines = boxLines(shape.node, columns.limits.space)
  const left = columns.spaceLeft(shape.depth)
  const right = left + widest(lines) + WALLS - 1
  let top = rows.space + 1
  shape.attaches.forEach((edge, i) => {
    const row = attachRow(sheet, edge, top + 1)
    if (i === 0) top = row - 1
    rows.attaches.push({
      edge,
      label: labels.inline(edge),
      row,
      from: right + 1,
      last: columns.deviceLeft - 1,
    })
  })
  const bottom = floorOf(top, lines, shape.attaches.length === 0 ? 0 : rows.attach)
  const tag = besideTag(labels.tag(shape.node), [shape.nest, shape.map])
  rows.spaces.push({ node: shape.node, shape, lines, tag, top, bottom, left, right })
  rows.space = bottom + 1
}

function placeFrames(sheet: Sheet, frames: Shape['frames']): Layout['frames'] {
  const { rows } = sheet
  return frames.map(({ context, spaces }) => {
    const top = rows.space
    if (context !== null) rows.space += 2
    for (const space of spaces) placeSpace(sheet, space)
    const bottom = rows.space
    rows.space += 1
    return { title: context && frameTitle(context, sheet.labels), top, bottom }
  })
}

/** Memory first, under the trunk; the others beside it while they fit, then below. */
function placeBottom(
  nodes: readonly GraphNode[],
  labels: Labels,
  { top, width }: { top: number; width: number },
): PlacedBox[] {
  const placed: PlacedBox[] = []
  let at = { row: top + 1, left: 0, below: top + 1 }
  for (const node of nodes) {
    const lines = boxLines(node, 40)
    const size = Math.max(widest(lines) + WALLS, labels.tag(node).length + 6)
    if (at.left > 0 && at.left + size > width) at = { row: at.below + 1, left: 0, below: at.below }
    const bottom = at.row + lines.length + 1
    placed.push({
      node,
      lines,
      tag: labels.tag(node),
      top: at.row,
      bottom,
      left: at.left,
      right: at.left + size - 1,
    })
    at = { row: at.row, left: at.left + size + 2, below: Math.max(at.below, bottom + 1) }
  }
  return placed
}

function layoutWithin(shape: Shape, labels: Labels, columns: Columns, width: number): Layout {
  const waiting = [...shape.devices]
  const rows: Rows = {
    space: 0,
    device: 0,
    attach: 0,
    open: null,
    waiting,
    spaces: [],
    devices: [],
    headings: [],
    attaches: [],
  }
  const sheet = { rows, columns, labels }
  const frames = placeFrames(sheet, shape.frames)
  for (const device of rows.waiting.splice(0)) openDevice(sheet, device, 0)
  closeDevice(sheet)
  const below = [...(shape.memory ? [shape.memory] : []), ...shape.lone]
  const bottom = placeBottom(below, labels, { top: Math.max(rows.space, rows.device), width })
  return { ...rows, frames, bottom, frameRight: columns.frameRight }
}

function isReadable(layout: Layout, width: number): boolean {
  const boxes: readonly PlacedBox[] = [...layout.spaces, ...layout.devices, ...layout.bottom]
  return boxes.every(box => box.lines.length <= MAX_BOX_LINES && box.bottom < MAX_ROWS && box.right < width)
}

/** Places a shape on `width` columns, or null where it does not fit them readably. */
export function layoutOf(shape: Shape, labels: Labels, width: number): Layout | null {
  for (const limits of LIMITS) {
    const columns = columnsOf(shape, labels, limits)
    if (columns.right > width) continue
    const layout = layoutWithin(shape, labels, columns, width)
    if (isReadable(layout, width)) return layout
  }
  return null
}
