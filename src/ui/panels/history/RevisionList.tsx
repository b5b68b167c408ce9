/** Every revision by day, as one list box: arrows choose, Enter restores. */
import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import { counted } from '../../format/hex'
import type { Revision } from '../../keep/revision'
import { daysOf, timeOf } from './days'

interface Props {
  readonly revisions: readonly Revision[]
  readonly chosen: number | null
  readonly onChoose: (n: number) => void
  readonly onRestore: () => void
}

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: at => Math.max(0, at - 1),
  PageDown: (at, last) => Math.min(last, at + 10),
  PageUp: at => Math.max(0, at - 10),
  Home: () => 0,
  End: (_at, last) => last,
}

export function RevisionList({ revisions, chosen, onChoose, onRestore }: Props) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.focus(), [])
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, chosen])
  const onKey = (event: KeyboardEvent) => {
    const at = revisions.findIndex(({ n }) => n === chosen)
    const to = revisions[MOVES[event.key]?.(at, revisions.length - 1) ?? -1]
    if (event.key === 'Enter') onRestore()
    else if (to !== undefined) onChoose(to.n)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={list}
      role="listbox"
      aria-label="Revisions"
      aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
      tabIndex={0}
      className="revisions"
      onKeyDown={onKey}
    >
      {daysOf(revisions).map(({ date, revisions: ofDay }) => (
        // biome-ignore lint/a11y/useSemanticElements: a list box has groups, not field sets
        <div key={date} role="group" aria-label={date}>
          <p className="revision-day" aria-hidden>
            {date}
          </p>
          {ofDay.map(revision => (
            <Row
              key={revision.n}
              id={`${id}-${revision.n}`}
              revision={revision}
              isChosen={revision.n === chosen}
              onChoose={onChoose}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

interface RowProps {
  readonly id: string
  readonly revision: Revision
  readonly isChosen: boolean
  readonly onChoose: (n: number) => void
}

function Row({ id, revision, isChosen, onChoose }: RowProps) {
  const { n, time, title, occasion } = revision
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus and names its active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box handles the keys
    <div id={id} role="option" aria-selected={isChosen} className="revision" onClick={() => onChoose(n)}>
      <span className="mono">{timeOf(time)}</span>
      <span className="min-w-0">
        <span className="block truncate font-medium">{title}</span>
        <span className="block truncate text-11 text-ink-2">
          {occasion === 'opened' ? 'opened' : <What revision={revision} />}
        </span>
      </span>
    </div>
  )
}

function What({ revision: { changed, chars } }: { readonly revision: Revision }) {
  if (changed === null) return counted(chars, 'character')
  return (
    <>
      line {changed.line}: <code>{changed.text === '' ? '(removed)' : changed.text}</code>
    </>
  )
}
