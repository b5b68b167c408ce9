/**
 * The body of a v1 link: raw deflate (RFC 1951) with the preset dictionary, as base64url. Unpacked:
 *
 *     00 text                          no view
 *     rr {"step":7,...} 0a text        rr = revision of the view's fields, 01 and up
 *
 * The text is UTF-8, every byte of it, byte order mark included. FROZEN.
 */
import { deflateSync, Inflate } from 'fflate'
import { fromBase64url, toBase64url } from '../base64url'
import { failed, fine, MOST_SHARED_BYTES, type Result } from '../problem'
import type { LinkVersion } from '../versions'
import type { Shared } from '../view'
import { DICTIONARY } from './dictionary.data'
import { revisionOf, VIEW_REVISION, viewFromJson, viewToJson } from './view'

const dictionary = new TextEncoder().encode(DICTIONARY)
const NEWLINE = 0x0a
/** Bytes given to the unpacker at a time: each can grow a thousandfold before it is looked at. */
const PIECE = 256

function pack({ text, view }: Shared): Result<string> {
  // No byte is less than a unit of the text: one of many megabytes is not packed to find that out.
  if (text.length > MOST_SHARED_BYTES) return failed({ kind: 'text-too-large', bytes: text.length })
  const at = text.search(/\p{Surrogate}/u)
  if (at >= 0) return failed({ kind: 'not-text', at })
  const json = viewToJson(view)
  const head = json === '' ? '\0' : `${String.fromCharCode(revisionOf(view))}${json}\n`
  const bytes = new TextEncoder().encode(head + text)
  if (bytes.length > MOST_SHARED_BYTES) return failed({ kind: 'text-too-large', bytes: bytes.length })
  return fine(toBase64url(deflateSync(bytes, { level: 9, mem: 4, dictionary })))
}

function unpack(body: string): Result<Shared> {
  const packed = fromBase64url(body)
  if (packed === null) return failed({ kind: 'unreadable', why: 'its body is not base64url' })
  const bytes = inflated(packed)
  return bytes.ok ? sharedOf(bytes.value) : bytes
}

class TooLarge extends Error {}

/** Stops as soon as more came out than a link may hold. */
function inflated(packed: Uint8Array): Result<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  const stream = new Inflate({ dictionary }, piece => {
    size += piece.length
    if (size > MOST_SHARED_BYTES) throw new TooLarge()
    pieces.push(piece)
  })
  try {
    for (let at = 0; at === 0 || at < packed.length; at += PIECE)
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length)
  } catch (error) {
    return failed(
      error instanceof TooLarge
        ? { kind: 'text-too-large', bytes: size }
        : { kind: 'unreadable', why: 'its body does not unpack' },
    )
  }
  return fine(joined(pieces, size))
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function sharedOf(bytes: Uint8Array): Result<Shared> {
  const revision = bytes[0]
  if (revision === undefined) return failed({ kind: 'unreadable', why: 'there is nothing in it' })
  if (revision === 0) return withText(bytes.subarray(1), {})
  if (revision > VIEW_REVISION)
    return failed({ kind: 'newer', form: `v1 with a view of revision ${revision}` })
  const end = bytes.indexOf(NEWLINE)
  const json = end < 0 ? null : utf8(bytes.subarray(1, end))
  if (json === null) return failed({ kind: 'unreadable', why: 'its view has no end' })
  const checked = viewFromJson(json)
  return 'why' in checked
    ? failed({ kind: 'unreadable', why: checked.why })
    : withText(bytes.subarray(end + 1), checked.view)
}

function withText(bytes: Uint8Array, view: Shared['view']): Result<Shared> {
  const text = utf8(bytes)
  return text === null ? failed({ kind: 'unreadable', why: 'its text is not UTF-8' }) : fine({ text, view })
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export const V1: LinkVersion = { version: 1, pack, unpack }
