/** Sizes of the drawing's parts in pixels; the page's style sheet has the same heights. */
import type { OutlineEdge, OutlineNode } from './types'

export const PAD = 12
/** Between a context's edge and the spaces in it. */
export const INSET = 13
/** A group's edge lies in line with its column, its devices this much inside. */
export const DEVICE_INSET = 10
export const CONTEXT_HEAD = 22
export const CONTEXT_FOOT = 12
export const NODE_HEAD = 26
export const NODE_SUB = 21
export const NODE_FOOT = 6
export const ROW = 19
export const MAX_ROWS = 4
export const RAIL_HEAD = 21
export const PORT = 23
export const DEVICE = 43
export const GROUP_TOP = 18
export const GROUP_BOTTOM = 9
export const RULER = 24
export const LANE = 18
export const MAX_LANES = 8
/** A device that says everything in one line. */
export const DEVICE_WIDE = 28
/** Between two rows of groups. */
export const GROUPS_APART = 8
/** From this width on a node can say its head in one line and its rows two by two. */
export const WIDE = 330
export const GAP_MAX = 72
/** One level piece or one row of labels. */
export const TRACK = 18
export const LABEL_HEIGHT = 14
/** From an upright line to the label beside it. */
export const BESIDE = 10
const CHARACTER = 6.7
/** The mark `+ ` may come before the text. */
const MARK_CHARACTERS = 2

/** Above so many objects a node shows its name and id only. */
const COMPACT_ABOVE = 60

export interface Density {
  readonly compact: boolean
  readonly columnMin: number
  readonly columnMax: number
  readonly columnGap: number
  /** Between two ports of one space; starts of lines stand half way between. */
  readonly portApart: number
  /** Wide nodes say their head in one line and their rows two by two. */
  readonly flat: boolean
  /** Between a parent's row of spaces and its children's. */
  readonly depthGap: number
  readonly gapMin: number
  /** How much larger, of full size, the drawing must come out for it. */
  readonly gain: number
}

const ROOMY: Density = {
  ...{ compact: false, columnMin: 188, columnMax: 300, columnGap: 16, portApart: 28 },
  ...{ flat: false, depthGap: 34, gapMin: 22, gain: 0.02 },
}
/** As much said in less height. */
const FLAT: Density = { ...ROOMY, flat: true, depthGap: 26, gapMin: 16 }
/** For a drawing that is too wide as well: values are set closer, and long names are cut. */
const NARROW: Density = { ...FLAT, columnMin: 160, columnGap: 12, gain: 0.08 }
const COMPACT: Density = {
  ...{ compact: true, columnMin: 112, columnMax: 150, columnGap: 8, portApart: 14 },
  ...{ flat: false, depthGap: 34, gapMin: 22, gain: 0 },
}

/** Those a drawing may be made with, the first that fits best first. */
export function densitiesOf(nodes: readonly OutlineNode[]): readonly [first: Density, ...others: Density[]] {
  return nodes.length > COMPACT_ABOVE ? [COMPACT] : [ROOMY, FLAT, NARROW]
}

/** Ports on a column's lower edge beside the line in its middle, at the narrowest. */
export const PORTS_IN_COLUMN = 5

/** The face is monospaced: a label's width follows from its length. */
export function labelWidth({ label }: Pick<OutlineEdge, 'label'>): number {
  return label === '' ? 0 : (label.length + MARK_CHARACTERS) * CHARACTER + 4
}
