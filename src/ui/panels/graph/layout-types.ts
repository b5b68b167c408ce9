/** Shapes that the layout's parts hand to each other. Pixels, from the top left corner of the drawing. */
import type { Outline } from '../../../worker/protocol'

export type OutlineNode = Outline['nodes'][number]
export type OutlineEdge = Outline['edges'][number]

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Route {
  readonly points: readonly Point[]
  /** The label's anchor point; it is centred on its height. */
  readonly label: { readonly at: Point; readonly anchor: 'start' | 'middle' | 'end' }
}

export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly nodes: ReadonlyMap<string, Box>
  readonly edges: ReadonlyMap<string, Route>
  /** One port on a rail below which each device stands, by device id. */
  readonly ports: ReadonlyMap<string, Box>
}

export const PAD = 12
export const COLUMN_GAP = 16
export const COLUMN_MIN = 188
export const COLUMN_MAX = 300
/** Between a context's edge and the spaces in it; also how far groups and ports stand in. */
export const INSET = 13
export const MAX_ROWS = 4
