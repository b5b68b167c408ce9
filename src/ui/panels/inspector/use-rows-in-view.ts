/** Asks for the window of rows around what is in view, where it is not all there. */
import { useEffect } from 'react'
import type { RowRange } from '../../widgets/rows-near'

interface InView {
  readonly total: number
  /** Index of the first row that is there. */
  readonly from: number
  readonly rows: readonly unknown[]
  /** What the virtual list shows. */
  readonly inView: RowRange
  readonly onSee: (first: number) => void
}

export function useRowsInView({ total, from, rows, inView, onSee }: InView): void {
  const { first } = inView
  const last = Math.min(total, inView.end) - 1
  const missing = first < from || last >= from + rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each place that is missing
  useEffect(() => {
    if (missing) onSee(first)
  }, [missing, first])
}
