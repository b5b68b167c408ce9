/** A button that is only an icon: it has a name and, where it has one, its key in the tooltip. */
import type { LucideIcon } from 'lucide-react'

interface Props {
  readonly icon: LucideIcon
  readonly name: string
  readonly onClick: () => void
  readonly disabled?: boolean
}

export function IconButton({ icon: Icon, name, onClick, disabled = false }: Props) {
  return (
    <button
      type="button"
      className="btn icon"
      aria-label={name}
      title={name}
      onClick={onClick}
      disabled={disabled}
    >
      <Icon size={14} aria-hidden />
    </button>
  )
}
