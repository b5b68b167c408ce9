/** A choice of one of a few, all of them in sight. */
import { useId } from 'react'

interface Props<T extends string> {
  readonly name: string
  readonly options: readonly { readonly id: T; readonly title: string }[]
  readonly chosen: T
  readonly onChoose: (id: T) => void
  readonly className?: string
}

export function Segments<T extends string>({ name, options, chosen, onChoose, className = '' }: Props<T>) {
  const group = useId()
  return (
    <div role="radiogroup" aria-label={name} className={`segments ${className}`}>
      {options.map(({ id, title }) => (
        <label key={id} className={id === chosen ? 'on' : ''}>
          <input
            type="radio"
            name={group}
            className="sr-only"
            checked={id === chosen}
            onChange={() => onChoose(id)}
          />
          {title}
        </label>
      ))}
    </div>
  )
}
