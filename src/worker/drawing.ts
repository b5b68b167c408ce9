/**
 * What a page draws of one run: the outline of all steps with its bundles, and where everything in it
 * stands. It changes only with the reader's wishes (room, opened bundles) and where a step of a very long
 * flow shows an object that the outline has not seen.
 */
import type { GraphView, StateView } from '../engine'
import { type Bundles, planBundles } from './bundles'
import { collapseGraph } from './collapse'
import { layoutGraph } from './layout/layout'
import type { CanvasSize, GraphLayout } from './layout/types'
import { Looks } from './looks'
import { createOutline, type OutlineBuilder } from './outline'
import type { Outline } from './protocol'

export interface Wishes {
  readonly canvas: CanvasSize
  /** Ids of bundles that the reader opened. */
  readonly opened: readonly string[]
}

/** The middle panel of a page of 1440 by 900. */
export const PLAIN_WISHES: Wishes = { canvas: { width: 540, height: 588 }, opened: [] }

export class Drawing {
  /** How every step looks; null where not all were looked at. */
  readonly looks: Looks | null
  readonly #builder: OutlineBuilder
  readonly #complete: boolean
  #wishes: Wishes
  #bundles: Bundles
  #outline: Outline
  #layout: GraphLayout

  constructor(seen: Looks | OutlineBuilder, wishes: Wishes) {
    this.looks = seen instanceof Looks ? seen : null
    const builder = seen instanceof Looks ? seen.builder : seen
    const complete = this.looks !== null
    this.#builder = builder
    this.#complete = complete
    this.#wishes = wishes
    const { bundles, outline, layout } = drawn(builder.build(complete), wishes)
    this.#bundles = bundles
    this.#outline = outline
    this.#layout = layout
  }

  get outline(): Outline {
    return this.#outline
  }

  get layout(): GraphLayout {
    return this.#layout
  }

  /** A step's graph as it is drawn. */
  picture(graph: GraphView): GraphView {
    return collapseGraph(graph, this.#bundles)
  }

  /** True where the graph had something new, and the outline and the layout are others now. */
  takeIn(graph: GraphView, state: StateView): boolean {
    if (this.#complete || this.#builder.knows(graph)) return false
    this.#builder.add(graph, state)
    this.#draw()
    return true
  }

  wish(wishes: Wishes): void {
    this.#wishes = wishes
    this.#draw()
  }

  #draw(): void {
    const { bundles, outline, layout } = drawn(this.#builder.build(this.#complete), this.#wishes)
    this.#bundles = bundles
    this.#outline = outline
    this.#layout = layout
  }
}

function drawn(full: Outline, { canvas, opened }: Wishes) {
  const bundles = planBundles(full, opened)
  const outline = bundles.all.size === 0 ? full : collapsedOutline(full, bundles)
  return { bundles, outline, layout: layoutGraph(outline, canvas) }
}

/** The outline as if it were the graph of a step at which everything is there. */
function collapsedOutline(full: Outline, bundles: Bundles): Outline {
  const nodes = full.nodes.map(({ rows, ...node }) => {
    return {
      ...node,
      mark: '' as const,
      rows: rows.map(label => ({ label, value: '', mark: '' as const, before: null })),
    }
  })
  const edges = full.edges.map(edge => ({ ...edge, mark: '' as const }))
  const builder = createOutline()
  const graph = collapseGraph({ title: '', nodes, edges }, bundles)
  builder.addGraph(graph)
  // In the order of the full outline, which says what was attached last.
  return { ...builder.build(full.complete), edges: graph.edges, memory: full.memory }
}
