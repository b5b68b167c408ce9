/** Base64 bodies (RFC 2045 section 6.8), with the position of the four letters each character came from. */
import { characterAt } from './bytes'
import type { MappedText } from './mapped-text'
import type { Notes } from './notes'
import type { Rewriter } from './rewriter'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Decodes the range [from, to); letters outside the alphabet are passed over, as the standard asks. */
export function decodeBase64(
  out: Rewriter,
  source: MappedText,
  notes: Notes,
  from: number,
  to: number,
): void {
  const bytes: number[] = []
  const origins: number[] = []
  let bits = 0
  let held = 0
  for (let at = from; at < to; at++) {
    const value = LETTERS.indexOf(source.text.charAt(at))
    if (value < 0) continue
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
    origins.push(at)
  }
  notes.add('mail.encoding', source.toOriginal(from, from).from)
  for (let i = 0; i < bytes.length; ) {
    const character = characterAt(bytes, i)
    const at = origins[i] ?? from
    if (character.text !== '\r') out.put(character.text, at, at + 1)
    i += character.bytes
  }
}
