/** The rows of a table that are in view, between two spacers that stand for the rest. */
import { elementScroll, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import type { ReactNode, RefObject } from 'react'

export type RowVirtualizer = Virtualizer<HTMLDivElement, Element>

/**
 * The library's own ways ask for the size and set the scroll position as soon as rows are mounted; either
 * has the page laid out in the middle of a step, and again with the frame.
 */
export const WITHOUT_LAYOUT = {
  /** Until the browser has told, which is in the same frame. Pixels. */
  initialRect: { width: 0, height: 600 },
  observeElementRect: observeSize,
  scrollToFn: scrollUnlessThere,
}

type Tell = (size: { readonly width: number; readonly height: number }) => void

function observeSize({ scrollElement }: RowVirtualizer, tell: Tell): (() => void) | undefined {
  if (scrollElement === null) return undefined
  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined) return
    const { width, height } = entry.contentRect
    tell({ width: Math.round(width), height: Math.round(height) })
  })
  observer.observe(scrollElement)
  return () => observer.disconnect()
}

type Scroll = typeof elementScroll<HTMLDivElement>

function scrollUnlessThere(...[offset, options, rows]: Parameters<Scroll>): void {
  const at = offset + (options.adjustments ?? 0)
  if (at !== (rows.scrollOffset ?? 0)) elementScroll(offset, options, rows)
}

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
    ...WITHOUT_LAYOUT,
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
