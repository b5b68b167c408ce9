/** Which rows of one height are in or near the view of a box that scrolls. */

/** Rows made beyond each edge, so that a flick of the wheel shows no gap. */
const BEYOND = 12

export interface RowRange {
  readonly first: number
  /** Exclusive. */
  readonly end: number
}

/** Pixels; what stands above the rows in the box is not counted and is less than the rows beyond. */
export interface RowBox {
  readonly count: number
  readonly rowHeight: number
  readonly scrollTop: number
  readonly height: number
}

export function rowsNear({ count, rowHeight, scrollTop, height }: RowBox): RowRange {
  const top = Math.max(0, Math.min(scrollTop, count * rowHeight - height))
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND)
  return { first, end: Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND) }
}
