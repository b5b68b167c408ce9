/** The rows of a table that are in view, between two spacers that stand for the rest. */
import { type ReactNode, type RefObject, useCallback, useLayoutEffect, useState } from 'react'
import { type RowRange, rowsNear } from './rows-near'

export interface VirtualOptions {
  readonly count: number
  readonly rowHeight: number
  readonly scroll: RefObject<HTMLDivElement | null>
}

export interface RowsInView extends RowRange {
  readonly count: number
  readonly rowHeight: number
  /** Brings a row that is out of view to the middle of the box. */
  readonly scrollTo: (index: number) => void
}

export function useVirtualRows({ count, rowHeight, scroll }: VirtualOptions): RowsInView {
  const [box, setBox] = useState({ scrollTop: 0, height: 0 })
  useLayoutEffect(() => {
    const element = scroll.current
    if (element === null) return
    // Only a move of a whole row makes other rows.
    const look = () =>
      setBox(was => {
        const scrollTop = Math.floor(element.scrollTop / rowHeight) * rowHeight
        const height = element.clientHeight + rowHeight
        return was.scrollTop === scrollTop && was.height === height ? was : { scrollTop, height }
      })
    look()
    const watch = new ResizeObserver(look)
    watch.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      watch.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroll, rowHeight])
  const scrollTo = useCallback(
    (index: number) => {
      const element = scroll.current
      if (element === null) return
      const { scrollTop, clientHeight } = element
      const top = index * rowHeight
      if (top >= scrollTop && top + 2 * rowHeight <= scrollTop + clientHeight) return
      element.scrollTo({ top: top - (clientHeight - rowHeight) / 2 })
    },
    [scroll, rowHeight],
  )
  return { ...rowsNear({ count, rowHeight, ...box }), count, rowHeight, scrollTo }
}

interface Props {
  readonly rows: RowsInView
  readonly render: (index: number) => ReactNode
}

export function VirtualRows({ rows: { first, end, count, rowHeight }, render }: Props) {
  return (
    <>
      {first > 0 && <tr aria-hidden style={{ height: first * rowHeight }} />}
      {Array.from({ length: end - first }, (_, k) => render(first + k))}
      {end < count && <tr aria-hidden style={{ height: (count - end) * rowHeight }} />}
    </>
  )
}
