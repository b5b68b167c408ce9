/**
 * Draws a layout in the manner of the kernel documentation's object diagrams: boxes of `_` and `|`,
 * the context as an outer frame with its name, `[n]` above each object in the order of creation.
 *
 *   attachment   <-------- from the device on the right, through the frame
 *   nesting      \- from the parent's floor to the child below it
 *   memory       a trunk on the left, from every mapped space down to `v`
 */
import { Canvas } from './canvas'
import { type Layout, type PlacedBox, type PlacedSpace, TRUNK_COLUMN } from './layout'

function drawBox(canvas: Canvas, box: PlacedBox, tagColumn = box.left + 2): void {
  canvas.box(box)
  canvas.text(box.top - 1, tagColumn, box.tag)
  box.lines.forEach((line, i) => {
    canvas.text(box.top + 1 + i, box.left + 2, line)
  })
}

function drawAttaches(canvas: Canvas, { attaches }: Layout): void {
  for (const { edge, label, row, from, last } of attaches) {
    canvas.across(row, from, last, edge.dashed ? '- ' : '-')
    canvas.text(row, from, '<')
    if (label !== '') canvas.text(row, last - label.length - 2, ` ${label} `)
  }
}

function drawNesting(canvas: Canvas, spaces: readonly PlacedSpace[]): void {
  for (const parent of spaces) {
    const column = parent.left + 2
    const children = spaces.filter(space => space.shape.parent === parent.node.id)
    const last = children.at(-1)
    if (!last) continue
    canvas.down(column, parent.bottom + 1, last.top + 1)
    for (const child of children) canvas.across(child.top + 1, column + 1, child.left - 1)
    canvas.text(last.top + 1, column, '\\')
  }
}

function drawTrunk(canvas: Canvas, { spaces, bottom }: Layout): void {
  const mapped = spaces.filter(space => space.shape.map !== null)
  const memory = bottom[0]
  if (!mapped[0] || !memory) return
  canvas.down(TRUNK_COLUMN, mapped[0].top + 1, memory.top - 1)
  canvas.text(memory.top, TRUNK_COLUMN, 'v')
  for (const space of mapped) {
    const pattern = space.shape.map?.dashed ? ' -' : '-'
    canvas.across(space.top + 1, TRUNK_COLUMN + 1, space.left - 1, pattern)
  }
}

function drawFrames(canvas: Canvas, { frames, frameRight }: Layout): void {
  for (const { title, top, bottom } of frames) {
    if (title === null) continue
    canvas.box({ top, bottom, left: 0, right: frameRight })
    canvas.text(top + 1, TRUNK_COLUMN + 2, title)
  }
}

/** The drawing's lines, no wider than the layout was made for. */
export function drawingLines(layout: Layout): string[] {
  const canvas = new Canvas()
  drawAttaches(canvas, layout)
  drawFrames(canvas, layout)
  for (const space of layout.spaces) drawBox(canvas, space)
  for (const device of layout.devices) drawBox(canvas, device)
  for (const { row, column, text } of layout.headings) canvas.text(row, column, text)
  for (const box of layout.bottom) drawBox(canvas, box, box.left + TRUNK_COLUMN + 2)
  drawNesting(canvas, layout.spaces)
  drawTrunk(canvas, layout)
  return canvas.lines()
}
