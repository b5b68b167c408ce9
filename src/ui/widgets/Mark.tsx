/** `+` created, `~` changed, `-` removed: the sign, its word for those who hear it, and a colour third. */
import type { Mark as MarkSign } from '../../engine'

const NAMES = { '+': 'add', '~': 'mod', '-': 'del' } as const
const WORDS = { '+': 'created', '~': 'changed', '-': 'removed' } as const

export function markName(mark: MarkSign): 'add' | 'mod' | 'del' | null {
  return mark === '' ? null : NAMES[mark]
}

/** `created`, `changed`, `removed`; nothing where there is no mark. */
export function markWord(mark: MarkSign): string {
  return mark === '' ? '' : WORDS[mark]
}

/** Keeps its column also when there is no mark. */
export function Mark({ mark }: { readonly mark: MarkSign }) {
  if (mark === '') return <span className="mark" />
  return (
    <span className={`mark mark-${NAMES[mark]}`}>
      <span aria-hidden>{mark}</span>
      <span className="sr-only">{WORDS[mark]}</span>
    </span>
  )
}

export function MarkBadge({ mark }: { readonly mark: MarkSign }) {
  if (mark === '') return null
  return (
    <span className={`badge badge-${NAMES[mark]}`}>
      <span aria-hidden>{mark}</span>
      <span className="sr-only">{WORDS[mark]}</span>
    </span>
  )
}
