/** One thing that may be chosen: a radio button, its name as it stands in the text, and what it comes to. */
import type { ReactNode } from 'react'

interface Props {
  /** Rows of one name exclude each other. */
  readonly group: string
  readonly value: string
  readonly checked: boolean
  readonly disabled?: boolean
  readonly children?: ReactNode
  readonly onChoose: () => void
}

export function ChoiceRow({ group, value, checked, disabled = false, children, onChoose }: Props) {
  return (
    <label className="choice" data-on={checked || undefined} data-off={disabled || undefined}>
      <input
        type="radio"
        name={group}
        value={value}
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
      />
      <code>{value}</code>
      <span className="min-w-0">{children}</span>
    </label>
  )
}

/** What an emulation leaves out, for those who would otherwise believe it. */
export function NotModelled({ list }: { readonly list: readonly string[] }) {
  if (list.length === 0) return null
  return (
    <details className="not-modelled">
      <summary>Not modelled: {list.length}</summary>
      <ul>
        {list.map(each => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </details>
  )
}
