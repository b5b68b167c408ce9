/** Asks for the window of rows around what is in view, where it is not all there. */
import { useEffect } from 'react'

interface InView {
  readonly total: number
  /** Index of the first row that is there. */
  readonly from: number
  readonly rows: readonly unknown[]
  /** What the virtual list shows. */
  readonly items: readonly { readonly index: number }[]
  readonly onSee: (first: number) => void
}

export function useRowsInView({ total, from, rows, items, onSee }: InView): void {
  const first = items[0]?.index ?? 0
  const last = Math.min(total - 1, items.at(-1)?.index ?? 0)
  const missing = first < from || last >= from + rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each place that is missing
  useEffect(() => {
    if (missing) onSee(first)
  }, [missing, first])
}
