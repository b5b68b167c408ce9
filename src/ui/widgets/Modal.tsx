/**
 * A dialog over the page: the browser's own, which keeps the focus inside, hides the rest from screen
 * readers, hears Escape and gives the focus back. Mounted it is open.
 */
import { X } from 'lucide-react'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { IconButton } from './IconButton'

interface Props {
  readonly title: string
  /** Beside the title; without one the title is for screen readers alone and there is no head. */
  readonly description?: string
  readonly className: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Modal({ title, description, className, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is heard by the browser, as `cancel`
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      // The dialog's own box is behind its content everywhere but on the backdrop.
      onClick={event => event.target === dialog.current && isOutside(event) && onClose()}
    >
      {description === undefined ? (
        <h2 id={id} className="sr-only">
          {title}
        </h2>
      ) : (
        <PanelHead id={id} title={title} description={description} onClose={onClose} />
      )}
      {children}
    </dialog>
  )
}

function isOutside({ clientX, clientY, currentTarget }: React.MouseEvent): boolean {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}

interface HeadProps {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly onClose: () => void
}

export function PanelHead({ id, title, description, onClose }: HeadProps) {
  return (
    <div className="pop-head">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      <p className="min-w-0 flex-1 text-ink-2">{description}</p>
      <IconButton icon={X} name="Close (Esc)" onClick={onClose} />
    </div>
  )
}
