/**
 * What the reader wrote to steps, for those whom they send the link: a link is the only place that keeps it. A note
 * stays with its step's number when the text is edited.
 */
import { createStore } from 'zustand/vanilla'

/** As a link carries it. */
export interface Note {
  readonly step: number
  readonly text: string
}

/** Characters that a link takes of one note. */
export const LONGEST_NOTE = 2000

export interface NoteState {
  /** In the order of their steps, one a step, none empty. */
  readonly notes: readonly Note[]
  /** The step whose note is being written, though there is nothing in it yet. */
  readonly begun: number | null
}

export const noteStore = createStore<NoteState>(() => ({ notes: [], begun: null }))

/** Empty takes the note away. */
export function writeNote(step: number, text: string): void {
  noteStore.setState(({ notes, begun }) => {
    const others = notes.filter(note => note.step !== step)
    const all = text === '' ? others : [...others, { step, text: text.slice(0, LONGEST_NOTE) }]
    return { notes: all.sort((a, b) => a.step - b.step), begun: text === '' ? begun : step }
  })
}

export function beginNote(step: number | null): void {
  noteStore.setState({ begun: step })
}

export function forgetNotes(): void {
  noteStore.setState({ notes: [], begun: null })
}
