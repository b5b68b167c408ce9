/**
 * How objects and edges of a graph are called in text: `name [3]` where an object is drawn,
 * `name (3)` where it is only referred to.
 */
import type { GraphEdge, GraphNode, GraphView } from '../contract'
import { sevenBit } from './text'

export interface Labels {
  /** `[3]`, with the mark of the step behind it: `[3]+`. */
  readonly tag: (node: GraphNode) => string
  /** `name (3)`; an id nothing has is spelled out. */
  readonly reference: (id: string) => string
  /** What stands on the line of an attachment: a short label itself, `(a)` for a long one. */
  readonly inline: (edge: GraphEdge) => string
  /** `(a) the long label`, each once. */
  readonly legend: readonly string[]
}

/** Ranks in the order of creation: what was there keeps its number when something is added. */
function numbersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const sorted = nodes
    .map((node, at) => ({ node, at }))
    .sort((a, b) => a.node.order - b.node.order || a.at - b.at)
  return new Map(sorted.map(({ node }, i) => [node.id, i + 1]))
}

export function labelsOf(graph: GraphView): Labels {
  const numbers = numbersOf(graph.nodes)
  const titles = new Map(graph.nodes.map(node => [node.id, node.title]))
  return {
    ...inlineLabels(graph.edges.filter(edge => edge.kind === 'attach')),
    tag: node => `[${numbers.get(node.id)}]${node.mark}`,
    reference: id =>
      titles.has(id) ? `${sevenBit(titles.get(id) ?? '')} (${numbers.get(id)})` : `${sevenBit(id)} (?)`,
  }
}

/** The edge's label and mark as one text, empty where it has neither. */
export const edgeText = (edge: GraphEdge): string => `${sevenBit(edge.label)}${edge.mark}`

/** Longer ones are told below the drawing. */
const MAX_INLINE = 14

/** a .. z, aa, ab, ... */
const letters = (n: number): string =>
  (n < 26 ? '' : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(97 + (n % 26))

function inlineLabels(edges: readonly GraphEdge[]): Pick<Labels, 'inline' | 'legend'> {
  const long = [...new Set(edges.map(edgeText).filter(text => text.length > MAX_INLINE))]
  const short = new Map(long.map((text, i) => [text, `(${letters(i)})`]))
  return {
    inline: edge => short.get(edgeText(edge)) ?? edgeText(edge),
    legend: long.map(text => `${short.get(text)} ${text}`),
  }
}

/** What the marks say, in the order they are told. */
const MARKS = [
  ['+', 'new'],
  ['~', 'changed'],
  ['-', 'gone'],
] as const

/** `# title  (at this step: +2 new, ~1 changed)`: what is shown, and how many objects the step touched. */
export function heading(graph: GraphView): string {
  const count = (mark: string) => graph.nodes.filter(node => node.mark === mark).length
  const marks = MARKS.filter(([mark]) => count(mark) > 0).map(
    ([mark, word]) => `${mark}${count(mark)} ${word}`,
  )
  const title = sevenBit(graph.title)
  return marks.length === 0 ? title : `${title}  (at this step: ${marks.join(', ')})`.trimStart()
}
