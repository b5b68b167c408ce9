/**
 * Pictures as data: what a renderer (page, ASCII, SVG, DOT) draws, with no idea how it is drawn.
 * Marks compare the step shown with the one before it: `+` created, `~` changed, `-` removed, '' neither.
 */
export type Mark = '' | '+' | '~' | '-'

export interface GraphRow {
  readonly label: string
  readonly value: string
  readonly mark: Mark
  /** What stood there before, when `~`. */
  readonly before: string | null
}

/** A `bundle` stands for many spaces or many devices in a picture of very many objects; the engine makes none. */
export type NodeKind = 'memory' | 'context' | 'space' | 'iommu' | 'group' | 'device' | 'bundle'

export interface GraphNode {
  /** Stable over all steps: `memory`, `context:5`, `space:2`, `iommu:0`, `group:1`, `device:dev1`. */
  readonly id: string
  readonly kind: NodeKind
  /** For a space: kernel, prereg, ...; for a device: pci, ...; for a bundle: spaces, devices; else ''. */
  readonly variant: string
  readonly title: string
  readonly subtitle: string
  /** What the subtitle said before, where this step changed it. */
  readonly subtitleBefore?: string
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
  /** `attach` device to space, `nest` child to parent, `map` space to memory, `route` device to iommu to space. */
  readonly kind: 'attach' | 'nest' | 'map'
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

/** One space's table as the inspector lists it: tables opened down to the entries that exist. */
export interface TableRow {
  /** 0 is the leaf table; the hardware's own name for it is in `name`. */
  readonly level: number
  readonly name: string
  readonly index: number
  /** Last index of a run of empty or equal-stride entries; equals `index` for a single one. */
  readonly lastIndex: number
  readonly hpa: bigint
  readonly value: bigint
  readonly kind: 'table' | 'leaf' | 'empty' | 'malformed'
  /** First address the entry translates. */
  readonly iova: bigint
  readonly output: bigint | null
  readonly perm: string
  readonly mark: Mark
  readonly fields: readonly {
    readonly name: string
    readonly high: number
    readonly low: number
    readonly value: bigint
    readonly doc: string
  }[]
}

export interface TableView {
  readonly space: number
  readonly table: number
  readonly format: string
  readonly title: string
  readonly root: bigint
  readonly rows: readonly TableRow[]
  readonly notModelled: readonly string[]
}

export interface InspectorView {
  readonly id: string
  readonly title: string
  readonly fields: readonly GraphRow[]
  readonly areas: readonly {
    readonly iova: bigint
    readonly last: bigint
    readonly target: bigint
    readonly perm: string
    readonly mark: Mark
  }[]
  readonly tables: readonly TableView[]
}
