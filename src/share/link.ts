/** From a text and a view to a link and back, each way exactly; `transit.ts` undoes what mail does to one. */
import { sealed, unsealed } from './envelope'
import { failed, type Result } from './problem'
import { NEWEST, VERSIONS } from './versions'
import type { Shared } from './view'

/**
 * The link for a text and a view, without `#`: letters, digits, `.`, `_` and `-`, the last a letter or a
 * digit. Equal input gives an equal link.
 */
export function encodeLink(shared: Shared): Result<string> {
  const body = NEWEST.pack(shared)
  return body.ok ? sealed({ version: NEWEST.version, body: body.value }) : body
}

/** Opens a link that begins `text`; what stands behind its announced end is left alone. */
export function decodeLink(text: string): Result<Shared> {
  const envelope = unsealed(text)
  if (!envelope.ok) return envelope
  const { version, body } = envelope.value
  const known = VERSIONS.find(one => one.version === version)
  return known === undefined ? failed({ kind: 'newer', form: `v${version}` }) : known.unpack(body)
}
