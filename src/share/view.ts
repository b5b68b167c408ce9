/**
 * Where the sender stood, beside the text. Every field is optional; what is left out is what the page
 * shows by itself. Ids, tabs and panes are words of the page: here they are only short text.
 */
export interface LinkView {
  /** Left out: the last step, whatever its number. */
  readonly step?: number
  /** Id of a graph node, as `space:2`. */
  readonly select?: string
  /** Open tab of the inspector. */
  readonly tab?: string
  /** The entry chosen in the page table: first address, level, `!` where it is cut out of its run: `0x2000/0!`. */
  readonly entry?: string
  /** What the centre shows: `picture` or `outline`. */
  readonly centre?: string
  /** What the dock shows where it shows one thing. */
  readonly dock?: string
  /** Place of the graph under its panel: x, y in pixels, and scale. */
  readonly zoom?: readonly [x: number, y: number, scale: number]
  /** `off`: set, and not to be stopped at. */
  readonly breaks?: readonly {
    readonly kind: string
    readonly value: string | number
    readonly off?: boolean
  }[]
  /** Ids of objects. Like `collapsed` carried and read, and shown by no page so far. */
  readonly pins?: readonly string[]
  readonly collapsed?: readonly string[]
  /** Bundles of a large graph that are open. */
  readonly opened?: readonly string[]
  /** Rows of page tables opened or closed by hand. */
  readonly toggled?: readonly string[]
  /** What was written to steps. */
  readonly notes?: readonly { readonly step: number; readonly text: string }[]
  /** Designs of a comparison as they are written: `prereg=ioas,viommu=mirror`; empty is the flow as it stands. */
  readonly columns?: readonly string[]
  readonly walk?: {
    readonly device?: string
    /** As written. 64-bit values never pass through a number. */
    readonly pasid?: string
    readonly address?: string
    readonly write?: boolean
  }
}

/** What one link carries. */
export interface Shared {
  readonly text: string
  readonly view: LinkView
}
