/** Shapes of a drawing. Pixels at 100 %, from the top left corner of the drawing. */
import type { Outline } from '../protocol'

export type OutlineNode = Outline['nodes'][number]
export type OutlineEdge = Outline['edges'][number]

/** The room a page has for the drawing, in pixels. Larger drawings are scrolled or made smaller by the page. */
export interface CanvasSize {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

export interface NodeBox extends Box {
  readonly id: string
  /** Wide enough to say in one line what takes two, where the drawing is otherwise too tall. */
  readonly flat: boolean
}

export interface EdgeRoute {
  readonly id: string
  /** Upright and level pieces by turns, from the lower end to the upper one. */
  readonly points: readonly Point[]
  /** Room for the longest text the edge ever has and a mark before it; text starts at its left end. */
  readonly label: Box | null
}

/** A place on an IOMMU's rail for one of its rows. */
export interface PortBox extends Box {
  readonly rail: string
  /** The device's node. */
  readonly device: string
  /** Label of the row on the rail's node. */
  readonly row: string
}

export interface GraphLayout {
  /** The room it was made for. */
  readonly canvas: CanvasSize
  readonly width: number
  readonly height: number
  /** Too many objects for rows: nodes show name and id only. */
  readonly compact: boolean
  readonly nodes: readonly NodeBox[]
  readonly edges: readonly EdgeRoute[]
  readonly ports: readonly PortBox[]
}
