/** Every command, flow, object and step by a few letters of its name. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useController } from '../../app/context'
import { closePopup, openPopup } from '../../stores/frame-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { Modal } from '../../widgets/Modal'
import { type Entry, entriesFor } from './entries'

export default function Palette() {
  return (
    <Modal title="Find a command" className="pop palette" onClose={closePopup}>
      <Finder />
    </Modal>
  )
}

const KINDS = { command: 'command', scenario: 'gallery', object: 'object', step: 'step', place: 'place' }

function Finder() {
  const controller = useController()
  const listId = useId()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const outline = useStore(viewStore, state => state.drawn?.outline ?? null)
  const steps = useStore(runStore, state => state.shown?.steps)
  const entries = useMemo(() => entriesFor(query, { outline, steps: steps ?? [] }), [query, outline, steps])
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return
    openPopup(null)
    // After the dialog has given the focus back, which the command may want elsewhere.
    requestAnimationFrame(() => entry.run(controller))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextRow(event, at, entries.length)
    if (to !== null) setAt(to)
    else if (event.key === 'Enter') run(entries[at])
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        className="palette-input"
        role="combobox"
        aria-label="Command, flow, object, step or line"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={entries[at] === undefined ? undefined : `${listId}-${at}`}
        aria-autocomplete="list"
        placeholder="Command, flow, object, step 12 or line 30"
        value={query}
        onChange={event => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Found" className="palette-list">
        {entries.map((entry, i) => (
          <Row
            key={`${entry.kind} ${entry.id}`}
            entry={entry}
            id={`${listId}-${i}`}
            on={i === at}
            onRun={run}
          />
        ))}
        {entries.length === 0 && <p className="p-3 text-ink-2">Nothing is named so.</p>}
      </div>
    </>
  )
}

function nextRow({ key, ctrlKey }: KeyboardEvent, at: number, rows: number): number | null {
  if (rows === 0) return null
  if (key === 'ArrowDown' || (ctrlKey && key === 'n')) return (at + 1) % rows
  if (key === 'ArrowUp' || (ctrlKey && key === 'p')) return (at + rows - 1) % rows
  if (key === 'PageDown') return Math.min(rows - 1, at + 10)
  if (key === 'PageUp') return Math.max(0, at - 10)
  return null
}

interface RowProps {
  readonly entry: Entry
  readonly id: string
  readonly on: boolean
  readonly onRun: (entry: Entry) => void
}

function Row({ entry, id, on, onRun }: RowProps) {
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (on) row.current?.scrollIntoView({ block: 'nearest' })
  }, [on])
  return (
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={on}
      className="palette-row"
      onPointerDown={event => event.preventDefault()}
      onClick={() => onRun(entry)}
      onKeyDown={undefined}
    >
      <span className="text-11 text-ink-3">{KINDS[entry.kind]}</span>
      <span className="min-w-0 truncate">{entry.title}</span>
      <span className="mono text-11 text-ink-2">{entry.detail}</span>
    </div>
  )
}
