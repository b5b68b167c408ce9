/** Puts things that must not touch into as few rows as a first fit finds. */
export interface Stretch {
  /** Both ends are inclusive. */
  readonly low: number
  readonly high: number
}

/** The row of each stretch, 0 upwards; two in one row never touch. */
export function packRows(stretches: readonly Stretch[]): number[] {
  const rows: Stretch[][] = []
  return stretches.map(stretch => {
    const free = rows.findIndex(row =>
      row.every(other => stretch.low > other.high || other.low > stretch.high),
    )
    const row = free < 0 ? rows.length : free
    if (free < 0) rows.push([])
    rows[row]?.push(stretch)
    return row
  })
}
