/** The note to the step shown: read where a link brought it, written where the reader begins one. */
import { StickyNote, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { tooltip } from '../../app/actions'
import { beginNote, LONGEST_NOTE, noteStore, writeNote } from '../../stores/note-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'

const MOST_LINES = 3

export function NoteBar() {
  const step = useStore(viewStore, state => state.step)
  const text = useStore(noteStore, state => state.notes.find(note => note.step === step)?.text ?? '')
  const begun = useStore(noteStore, state => state.begun === step)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (begun) field.current?.focus({ preventScroll: true })
  }, [begun])
  if (text === '' && !begun) return null
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    field.current?.blur()
  }
  return (
    <div className="note-bar">
      <StickyNote size={14} aria-hidden />
      <textarea
        ref={field}
        className="field"
        aria-label={`Note to step ${step}`}
        placeholder="A note to this step, for those who open the link"
        rows={Math.min(MOST_LINES, text.split('\n').length)}
        maxLength={LONGEST_NOTE}
        value={text}
        onChange={event => writeNote(step, event.target.value)}
        onBlur={() => beginNote(null)}
        onKeyDown={onKeyDown}
      />
      <IconButton icon={X} name={`Remove the note to step ${step}`} onClick={() => removeNote(step)} />
    </div>
  )
}

function removeNote(step: number): void {
  writeNote(step, '')
  beginNote(null)
}

/** Begins a note to the step shown, and says how many there are. */
export function NoteButton() {
  const count = useStore(noteStore, state => state.notes.length)
  const step = useStore(viewStore, state => state.step)
  return (
    <button
      type="button"
      className="btn note-button"
      aria-label={`${tooltip('note.write')}, ${count} so far`}
      title={tooltip('note.write')}
      onClick={() => beginNote(step)}
    >
      <StickyNote size={14} aria-hidden />
      {count > 0 && <span className="mono text-11">{count}</span>}
    </button>
  )
}
