/** A column's design as it is written, to be written otherwise; a column more or less. */
import { Plus, X } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { setColumns } from '../../stores/compare-store'
import { IconButton } from '../../widgets/IconButton'
import { type Column, type Compared, oneMore } from './use-comparison'

const MOST_COLUMNS = 5
const LEAST_COLUMNS = 2

export function CompareHead({ compared }: { readonly compared: Compared }) {
  const { columns, suggestions, reply } = compared
  const list = useId()
  const written = columns.map(column => column.written)
  return (
    <header className="compare-row compare-head">
      <div>
        <h2 className="text-15 font-semibold">Compare</h2>
        <span className="flex-1" />
        {columns.length < MOST_COLUMNS && (
          <IconButton
            icon={Plus}
            name="One column more"
            onClick={() => setColumns(oneMore(columns, suggestions))}
          />
        )}
      </div>
      {columns.map((column, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns are told by where they stand
        <div key={k}>
          <Letter at={k} />
          <Design
            key={column.written}
            at={k}
            column={column}
            list={list}
            onWrite={words => setColumns(written.with(k, words))}
          />
          <small className="truncate">{sceneText(reply, k)}</small>
          {columns.length > LEAST_COLUMNS && (
            <IconButton
              icon={X}
              name={`Remove column ${letterOf(k)}`}
              onClick={() => setColumns(written.filter((_, other) => other !== k))}
            />
          )}
        </div>
      ))}
      <datalist id={list}>
        {suggestions.map(words => (
          <option key={words} value={words} />
        ))}
      </datalist>
    </header>
  )
}

const letterOf = (at: number): string => String.fromCharCode('A'.charCodeAt(0) + at)

function Letter({ at }: { readonly at: number }) {
  return <b className="compare-letter">{letterOf(at)}</b>
}

function sceneText(reply: Compared['reply'], at: number): string {
  const scenario = reply?.comparison.runs[at]?.scenario
  return scenario === undefined ? '' : `${scenario.dialect}, ${scenario.platform}`
}

interface DesignProps {
  readonly at: number
  readonly column: Column
  readonly list: string
  readonly onWrite: (words: string) => void
}

function Design({ at, column: { written, read }, list, onWrite }: DesignProps) {
  const [text, setText] = useState(written)
  const problem = 'problem' in read ? read.problem : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onWrite(text.trim())
  }
  return (
    <form onSubmit={submit} className="compare-design">
      <input
        className="field mono"
        aria-label={`Design of column ${letterOf(at)}`}
        value={text}
        placeholder="as written"
        list={list}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `design-problem-${at}`}
        onChange={event => setText(event.target.value)}
        onBlur={() => text.trim() !== written && onWrite(text.trim())}
      />
      {problem !== null && (
        <span id={`design-problem-${at}`} role="alert" className="text-err">
          {problem}
        </span>
      )}
    </form>
  )
}
