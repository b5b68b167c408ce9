/**
 * First pass: line ends, marks and spaces that only look like code. CR LF and CR become LF, a byte
 * order mark and zero-width characters go, typographic quotes and spaces become plain ones. Control and
 * text-direction characters become a visible escape, so that nothing in a flow can hide.
 */
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import { Rewriter } from './rewriter'

const PLAIN: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201b': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u201f': '"',
  '\u00a0': ' ',
  '\u2007': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u3000': ' ',
  '\u00ad': '',
  '\u200b': '',
  '\u2060': '',
  '\ufeff': '',
  '\u2028': '\n',
  '\u2029': '\n',
}

const SPECIAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /\r\n?|[\u2018-\u201f\u00a0\u00ad\u2007\u2009\u202f\u3000\u200b\u2060\ufeff\u2028\u2029]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g

/** `\u202e` for one UTF-16 unit, as C and JavaScript write it. */
export function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export function normaliseCharacters(source: MappedText, notes: Notes): MappedText {
  const out = new Rewriter(source)
  let from = 0
  for (const match of source.text.matchAll(SPECIAL)) {
    out.keep(from, match.index)
    from = match.index + match[0].length
    out.put(replacement(match[0], source.toOriginal(match.index, from).from, notes), match.index, from)
  }
  if (from === 0) return source
  out.keep(from, source.text.length)
  return out.finish()
}

function replacement(found: string, at: number, notes: Notes): string {
  if (found.startsWith('\r')) {
    notes.add('mail.line-ends', at)
    return '\n'
  }
  const plain = PLAIN[found]
  if (plain !== undefined) {
    notes.add('mail.characters', at)
    return plain
  }
  notes.add('mail.control-characters', at)
  return escapeUnit(found)
}
