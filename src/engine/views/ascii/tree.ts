/**
 * A graph as a tree with `|` and `\-`, after the sketches of the threads: it draws any graph of any
 * size. A space stands under the space it is nested in, everything else under what is drawn around
 * it; every other edge is a line with an arrow under one of its ends.
 *
 * Not modelled: the rows of an object (the inspector's matter).
 */
import type { GraphEdge, GraphNode, GraphView } from '../contract'
import { edgeText, type Labels, labelsOf } from './labels'
import { prefixed, sevenBit } from './text'

/** Deeper subtrees start again at the left margin: twelve levels leave half a line for the text. */
const MAX_DEPTH = 12

interface Forest {
  readonly roots: readonly GraphNode[]
  readonly children: ReadonlyMap<string, readonly GraphNode[]>
  /** Nest edges that the tree itself shows, by the child's id. */
  readonly shown: ReadonlyMap<string, GraphEdge>
}

interface Outline extends Forest {
  readonly labels: Labels
  readonly width: number
  /** Edges that the tree does not show, by the object they are listed under. */
  readonly listed: ReadonlyMap<string, readonly GraphEdge[]>
  readonly lines: string[]
  /** Subtrees that went too deep, with the object they belong under. */
  readonly postponed: { readonly node: GraphNode; readonly under: string }[]
}

/** Where a node's lines begin: `first` before its own line, `next` before all below it. */
interface Place {
  readonly first: string
  readonly next: string
  readonly depth: number
}

const LEFT_MARGIN: Place = { first: '', next: '', depth: 0 }

/** True when walking up from `from` meets `id`. */
function isUnder(parents: ReadonlyMap<string, string>, from: string, id: string): boolean {
  for (let at: string | undefined = from; at !== undefined; at = parents.get(at)) if (at === id) return true
  return false
}

function grouped<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

function forestOf({ nodes, edges }: GraphView): Forest {
  const known = new Set(nodes.map(node => node.id))
  const parents = new Map<string, string>()
  const shown = new Map<string, GraphEdge>()
  const canHang = (node: GraphNode, under: string) => known.has(under) && !isUnder(parents, under, node.id)
  for (const node of nodes) {
    const nest = edges.find(edge => edge.kind === 'nest' && edge.from === node.id && canHang(node, edge.to))
    const under = nest?.to ?? node.inside
    if (nest) shown.set(node.id, nest)
    if (under !== null && canHang(node, under)) parents.set(node.id, under)
  }
  const hanging = nodes.filter(node => parents.has(node.id))
  const children = grouped(hanging, node => parents.get(node.id) ?? '')
  return { roots: nodes.filter(node => !parents.has(node.id)), children, shown }
}

/** An attachment is listed at the space it leads to, everything else where it starts. */
const listedAt = (edge: GraphEdge) => (edge.kind === 'attach' ? edge.to : edge.from)

function edgeLine(edge: GraphEdge, labels: Labels): string {
  const line = edge.dashed ? '- -' : '--'
  const arrow =
    edge.kind === 'attach'
      ? `<${line} ${labels.reference(edge.from)}`
      : `${line}> ${labels.reference(edge.to)}`
  return [arrow, edge.kind === 'nest' ? 'nested' : '', edgeText(edge)].filter(text => text !== '').join('  ')
}

function nodeLine(node: GraphNode, { labels, shown }: Outline): string {
  const nest = shown.get(node.id)
  const texts = [
    `${sevenBit(node.title)} ${labels.tag(node)}`,
    sevenBit(node.subtitle),
    nest ? edgeText(nest) : '',
  ]
  return texts.filter(text => text !== '').join('  ')
}

function write(outline: Outline, text: string, prefix: { first: string; next: string }): void {
  outline.lines.push(...prefixed(text, { ...prefix, width: outline.width }))
}

function writeChildren(outline: Outline, node: GraphNode, place: Place): void {
  const children = outline.children.get(node.id) ?? []
  children.forEach((child, i) => {
    const last = i === children.length - 1
    outline.lines.push(`${place.next}|`)
    const first = `${place.next}${last ? '\\' : '|'}- `
    writeNode(outline, child, { first, next: `${place.next}${last ? ' ' : '|'}  `, depth: place.depth + 1 })
  })
}

function postpone(outline: Outline, node: GraphNode, place: Place): void {
  const children = outline.children.get(node.id) ?? []
  for (const child of children) outline.postponed.push({ node: child, under: node.id })
  const what = `(${children.length} more, drawn below)`
  outline.lines.push(`${place.next}|`)
  write(outline, what, { first: `${place.next}\\- `, next: `${place.next}   ` })
}

function writeNode(outline: Outline, node: GraphNode, place: Place): void {
  const stem = outline.children.has(node.id) ? '|' : ' '
  write(outline, nodeLine(node, outline), { first: place.first, next: `${place.next}${stem}   ` })
  for (const edge of outline.listed.get(node.id) ?? []) {
    const first = `${place.next}${stem}  `
    write(outline, edgeLine(edge, outline.labels), { first, next: `${first}    ` })
  }
  if (!outline.children.has(node.id)) return
  if (place.depth < MAX_DEPTH) writeChildren(outline, node, place)
  else postpone(outline, node, place)
}

function writePostponed(outline: Outline): void {
  // Grows while it is worked off: a subtree may be deep again.
  for (const { node, under } of outline.postponed) {
    write(outline, `under ${outline.labels.reference(under)}:`, { first: '', next: '  ' })
    writeNode(outline, node, LEFT_MARGIN)
    outline.lines.push('')
  }
}

/** Edges whose ends are not in the graph still show. */
function writeStray(outline: Outline, { nodes, edges }: GraphView): void {
  const known = new Set(nodes.map(node => node.id))
  for (const edge of edges.filter(edge => !known.has(listedAt(edge)))) {
    const ends = `${outline.labels.reference(edge.from)} --> ${outline.labels.reference(edge.to)}`
    write(outline, `${ends}  ${edge.kind}  ${edgeText(edge)}`, { first: '', next: '    ' })
  }
}

/**
 * The graph as lines of at most `width` columns (at least 60), in the order of its nodes. Every
 * object stands once with `[n]`, every edge is one line or one step of the tree.
 */
export function treeLines(graph: GraphView, width: number): string[] {
  const forest = forestOf(graph)
  const hidden = graph.edges.filter(edge => !Array.from(forest.shown.values()).includes(edge))
  const listed = grouped(hidden, listedAt)
  const outline: Outline = { ...forest, labels: labelsOf(graph), width, listed, lines: [], postponed: [] }
  for (const root of forest.roots) {
    writeNode(outline, root, LEFT_MARGIN)
    outline.lines.push('')
  }
  writePostponed(outline)
  writeStray(outline, graph)
  return outline.lines
}
