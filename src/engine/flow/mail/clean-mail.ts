/**
 * From what people paste to plain lines: mail envelopes, transfer encodings, HTML entities, quoting, patch
 * marks, fences and signatures taken away, with a map back to every character of the original.
 *
 * Not modelled: format=flowed joins (code lines often end in a space), character sets other than UTF-8
 * and Latin-1, HTML beside a plain part (the plain one is read).
 */
import { normaliseCharacters } from './characters'
import { decodeEntities } from './entities'
import { openEnvelope } from './envelope'
import { takeOffHtml } from './html'
import { editLines } from './line-edits'
import { MappedText } from './mapped-text'
import { type CleanNote, Notes } from './notes'
import { takeOffQuoting } from './quoting'

export interface CleanText {
  readonly text: string
  readonly map: MappedText
  /** Quote depth of each line of `text`. */
  readonly depths: readonly number[]
  readonly notes: readonly CleanNote[]
}

/** Cleans a paste. Never fails; a text without any of it comes back as it is. Linear in its length. */
export function cleanMail(text: string): CleanText {
  const notes = new Notes()
  const plain = normaliseCharacters(MappedText.identity(text), notes)
  const opened = openEnvelope(plain, notes)
  const decoded = opened === plain ? plain : normaliseCharacters(opened, notes)
  const unquoted = takeOffQuoting(decodeEntities(takeOffHtml(decoded, notes), notes), notes)
  const edited = editLines(unquoted, notes)
  return { text: edited.text.text, map: edited.text, depths: edited.depths, notes: notes.list() }
}
