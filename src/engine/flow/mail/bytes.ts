/**
 * Bytes of a transfer encoding back to characters: UTF-8 where it is well formed, else each byte as the
 * Latin-1 character of its number. The engine has no TextDecoder, and a decoder must also tell which
 * bytes made which character, for the position map.
 */

export interface DecodedCharacter {
  readonly text: string
  /** How many bytes it took, at least 1. */
  readonly bytes: number
}

const isContinuation = (byte: number | undefined): byte is number =>
  byte !== undefined && (byte & 0xc0) === 0x80

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  if (lead >= 0xf0 && lead <= 0xf4) return 4
  return 1
}

/** The character that starts at `at`. */
export function characterAt(bytes: readonly number[], at: number): DecodedCharacter {
  const lead = bytes[at] ?? 0
  const length = sequenceLength(lead)
  let code = length === 1 ? lead : lead & (0xff >> (length + 1))
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i]
    if (!isContinuation(next)) return { text: String.fromCharCode(lead), bytes: 1 }
    code = (code << 6) | (next & 0x3f)
  }
  const surrogate = code >= 0xd800 && code <= 0xdfff
  if (code > 0x10ffff || surrogate) return { text: String.fromCharCode(lead), bytes: 1 }
  return { text: String.fromCodePoint(code), bytes: length }
}
