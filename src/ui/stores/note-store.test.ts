import { beforeEach, describe, expect, it } from 'vitest'
import { beginNote, forgetNotes, LONGEST_NOTE, noteStore, writeNote } from './note-store'

const notes = () => noteStore.getState().notes

describe('notes to steps', () => {
  beforeEach(forgetNotes)

  it('stand in the order of their steps, one a step', () => {
    writeNote(7, 'late')
    writeNote(2, 'early')
    writeNote(7, 'later')
    expect(notes()).toEqual([
      { step: 2, text: 'early' },
      { step: 7, text: 'later' },
    ])
  })

  it('are gone when they are empty, and stay open to be written again', () => {
    beginNote(3)
    writeNote(3, 'x')
    writeNote(3, '')
    expect(noteStore.getState()).toEqual({ notes: [], begun: 3 })
  })

  it('are no longer than a link takes them', () => {
    writeNote(1, 'x'.repeat(LONGEST_NOTE + 1))
    expect(notes()[0]?.text).toHaveLength(LONGEST_NOTE)
  })
})
