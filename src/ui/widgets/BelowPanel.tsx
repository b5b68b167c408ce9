/**
 * A panel below the control that opened it: the browser's own popover, which closes at Escape and at a
 * click elsewhere and gives the focus back. Mounted it is open.
 */
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { PanelHead } from './Modal'

interface Props {
  /** Id of the control. */
  readonly anchor: string
  /** Which edges of the two agree. */
  readonly align?: 'start' | 'end'
  readonly title: string
  readonly description: string
  readonly className: string
  /** What has the focus at first, as a selector; else the first that can have it. */
  readonly focus?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

const GAP = 6
const EDGE = 8
const FOCUSABLE = 'input, select, textarea, summary, button, a[href]'

export function BelowPanel(props: Props) {
  const { anchor, align = 'start', title, description, className, focus, onClose, children } = props
  const panel = useRef<HTMLDivElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = panel.current
    if (element === null) return
    element.showPopover()
    place(element, anchor, align)
    const first = focus === undefined ? null : element.querySelector<HTMLElement>(focus)
    ;(first ?? element.querySelector<HTMLElement>(FOCUSABLE))?.focus({ preventScroll: true })
    const again = () => place(element, anchor, align)
    addEventListener('resize', again)
    return () => {
      removeEventListener('resize', again)
      element.hidePopover()
    }
  }, [anchor, align, focus])
  useEffect(() => {
    const element = panel.current
    const onToggle = (event: Event) =>
      event instanceof ToggleEvent && event.newState === 'closed' && onClose()
    element?.addEventListener('toggle', onToggle)
    return () => element?.removeEventListener('toggle', onToggle)
  }, [onClose])
  return (
    <div ref={panel} popover="auto" role="dialog" aria-labelledby={id} className={className}>
      <PanelHead id={id} title={title} description={description} onClose={onClose} />
      {children}
    </div>
  )
}

/** Below the control, kept inside the window; it gets the height that is left. */
function place(panel: HTMLElement, anchor: string, align: 'start' | 'end'): void {
  const at = document.getElementById(anchor)?.getBoundingClientRect()
  const width = panel.offsetWidth
  const top = (at?.bottom ?? 0) + GAP
  const wanted = align === 'start' ? (at?.left ?? EDGE) : (at?.right ?? innerWidth) - width
  const left = Math.max(EDGE, Math.min(wanted, innerWidth - width - EDGE))
  panel.style.left = `${left}px`
  panel.style.top = `${top}px`
  panel.style.maxHeight = `${Math.max(160, innerHeight - top - EDGE)}px`
}
