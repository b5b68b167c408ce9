/**
 * A graph as text for mail: as the dialect's own documentation draws such a file (diagram.ts), else with boxes where
 * it fits, else as a tree.
 */
import type { GraphView } from '../contract'
import { diagramLines } from './diagram'
import { drawingLines } from './drawing'
import { heading, labelsOf } from './labels'
import { layoutOf } from './layout'
import { shapeOf } from './shape'
import { joined, MAIL_WIDTH, prefixed, sevenBit } from './text'
import { treeLines } from './tree'

export interface AsciiOptions {
  /** Columns, at least 60; 74 unless told. */
  readonly width?: number
  /** `tree` never draws boxes. */
  readonly form?: 'any' | 'tree'
  /** Told under the title, each from a `# ` on. */
  readonly remarks?: readonly string[]
}

function bodyLines(graph: GraphView, width: number, form: AsciiOptions['form']): string[] {
  const diagram = form === 'tree' ? null : diagramLines(graph, width)
  if (diagram !== null) return diagram
  const shape = form === 'tree' ? null : shapeOf(graph)
  const labels = labelsOf(graph)
  const layout = shape && layoutOf(shape, labels, width)
  if (!layout) return treeLines(graph, width)
  const legend = labels.legend.flatMap(text => prefixed(text, { first: '  ', next: '      ', width }))
  return [...drawingLines(layout), ...(legend.length === 0 ? [] : ['']), ...legend]
}

/**
 * The graph in printable 7-bit characters and LF, no line wider than `width`, no blanks at line ends;
 * equal graphs give equal text. Every object appears once with its number, every edge once; names
 * are wrapped or escaped, never cut. Rows of objects are not part of it. A diagram of a file has its objects and their
 * edges alone, and a line below for each.
 */
export function asciiGraph(graph: GraphView, options: AsciiOptions = {}): string {
  const width = options.width ?? MAIL_WIDTH
  const title = heading(graph)
  const top = [...(title === '' ? [] : [title]), ...(options.remarks ?? []).map(sevenBit)]
  const head = top.flatMap(text => prefixed(text, { first: '# ', next: '#   ', width }))
  return joined([...head, ...bodyLines(graph, width, options.form)])
}
