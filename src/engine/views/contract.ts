/**
 * Pictures as data: what a renderer (page, ASCII, SVG, DOT) draws, with no idea how it is drawn.
 * Marks compare the step shown with the one before it: `+` created, `~` changed, `-` removed, '' neither.
 */
import type { DiagramWords } from '../dialects/contract'

export type { DiagramPlace, DiagramWords } from '../dialects/contract'

export type Mark = '' | '+' | '~' | '-'

export interface GraphRow {
  readonly label: string
  readonly value: string
  readonly mark: Mark
  /** What stood there before, when `~`. */
  readonly before: string | null
}

/**
 * An `object` is one of those that a file numbers beside its spaces: page tables, queues, virtual IOMMUs; it stands
 * among the spaces. A `bundle` stands for many spaces or many devices in a picture of very many objects; the engine
 * makes none.
 */
export type NodeKind = 'memory' | 'context' | 'space' | 'object' | 'iommu' | 'group' | 'device' | 'bundle'

export interface GraphNode {
  /** Stable over all steps: `memory`, `context:5`, `space:2`, `object:5.3`, `iommu:0`, `group:1`, `device:dev1`. */
  readonly id: string
  readonly kind: NodeKind
  /** For a space: kernel, prereg, ...; for a device: pci, ...; for a bundle: spaces, devices; else ''. */
  readonly variant: string
  readonly title: string
  readonly subtitle: string
  /** What the subtitle said before, where this step changed it. */
  readonly subtitleBefore?: string
  /** Where its file numbers objects: the how manyeth of them it was made as, from 1; drawn as `[n]`. */
  readonly number?: number
  /** Where the dialect's documentation draws such objects. */
  readonly diagram?: DiagramWords
  /** How many areas a space holds. */
  readonly areas?: number
  /** Grows in the order of creation, the same at every step; text drawings show its rank as `[n]`. */
  readonly order: number
  /** The node drawn around this one, or null. */
  readonly inside: string | null
  readonly rows: readonly GraphRow[]
  readonly mark: Mark
}

export interface GraphEdge {
  readonly id: string
  /**
   * `attach` device to space, `nest` child to parent, `map` space to memory; `ref` any other reference: of an object
   * to another, or of a device to what stands for it.
   */
  readonly kind: 'attach' | 'nest' | 'map' | 'ref'
  readonly from: string
  readonly to: string
  readonly label: string
  /** Drawn dashed: an attachment by PASID, or one that does not translate. */
  readonly dashed: boolean
  readonly mark: Mark
}

export interface GraphView {
  readonly title: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** What is said of an object at every step; its areas, tables, caches and charges are asked for by piece. */
export interface InspectorView {
  readonly id: string
  readonly title: string
  readonly fields: readonly GraphRow[]
  readonly areas: {
    readonly count: number
    /** First byte of the lowest one, or null. */
    readonly first: bigint | null
    readonly mark: Mark
  }
  /** The lowest address that it translates, by its areas or by the table bound to it; null where there is none. */
  readonly lowest: bigint | null
  readonly tables: readonly { readonly table: number; readonly title: string; readonly root: bigint }[]
  readonly marks: { readonly table: Mark; readonly caches: Mark; readonly accounting: Mark }
}
