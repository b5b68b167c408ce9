/** The rows of a table that are in view, between two spacers that stand for the rest. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import type { ReactNode, RefObject } from 'react'

export type RowVirtualizer = Virtualizer<HTMLDivElement, Element>

export interface VirtualOptions {
  readonly count: number
  readonly rowHeight: number
  readonly scroll: RefObject<HTMLDivElement | null>
}

export function useVirtualRows({ count, rowHeight, scroll }: VirtualOptions): RowVirtualizer {
  return useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
}

interface Props {
  readonly rows: RowVirtualizer
  readonly render: (index: number) => ReactNode
}

export function VirtualRows({ rows, render }: Props) {
  const items = rows.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <>
      {above > 0 && <tr aria-hidden style={{ height: above }} />}
      {items.map(({ index }) => render(index))}
      {below > 0 && <tr aria-hidden style={{ height: below }} />}
    </>
  )
}
