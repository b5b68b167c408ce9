/**
 * What every version of a link has around its body: `v1.5k.BODYchecks`.
 *
 * - `v` and the version, decimal; a build that is too old for it can say so.
 * - how many characters follow the second dot, base 36: what was cut is told from what was damaged, and
 *   the end is known though other text follows.
 * - the body, base64url.
 * - six letters and digits: the CRC-32 of all before them. They also see to it that a link never ends in
 *   a character that mail programs leave out of it.
 *
 * FROZEN for all versions.
 */
import { crc32 } from './crc32'
import { failed, fine, MOST_LINK_CHARS, type Result } from './problem'

const CHECK_LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^6 > 2^32. */
const CHECK_LENGTH = 6

/** The start of a link: version, announced length. Nothing is said of what stands before it. */
export const LINK_START = /v([1-9][0-9]{0,3})\.([0-9a-z]{1,4})\./g

export interface Envelope {
  readonly version: number
  readonly body: string
}

function checkOf(text: string): string {
  let rest = crc32(text)
  let letters = ''
  for (let i = 0; i < CHECK_LENGTH; i++) {
    letters = CHECK_LETTERS.charAt(rest % 62) + letters
    rest = Math.floor(rest / 62)
  }
  return letters
}

/** The link without `#`, or the problem that it is too long. */
export function sealed({ version, body }: Envelope): Result<string> {
  const length = (body.length + CHECK_LENGTH).toString(36)
  const text = `v${version}.${length}.${body}`
  const all = text.length + CHECK_LENGTH
  return all > MOST_LINK_CHARS ? failed({ kind: 'link-too-long', length: all }) : fine(text + checkOf(text))
}

/** Opens exactly one link that begins `text`; what follows its announced end is not looked at. */
export function unsealed(text: string): Result<Envelope> {
  const start = /^v([1-9][0-9]{0,3})\.([0-9a-z]{1,4})\./.exec(text)
  if (start === null) return failed({ kind: 'no-link' })
  const length = Number.parseInt(start[2] ?? '', 36)
  const all = start[0].length + length
  if (all > MOST_LINK_CHARS) return failed({ kind: 'link-too-long', length: all })
  const link = /^[A-Za-z0-9._-]*/.exec(text.slice(0, all))?.[0] ?? ''
  if (link.length < all) return failed({ kind: 'cut', missing: all - link.length, length: all })
  return isWhole(link)
    ? fine({ version: Number(start[1]), body: link.slice(start[0].length, -CHECK_LENGTH) })
    : failed({ kind: 'damaged' })
}

const isWhole = (link: string) => checkOf(link.slice(0, -CHECK_LENGTH)) === link.slice(-CHECK_LENGTH)
