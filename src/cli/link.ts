/** `ioas link` and `ioas open`: a flow as one line of text, and back, byte for byte. */
import { encodeLink, type LinkProblem, type LinkView, linkProblemText, openLink } from '../share'
import { EXIT, type Outcome, UsageError } from './door'
import { jsonText } from './json'

/** Where `npm start` serves the page. */
export const DEFAULT_BASE = 'http://127.0.0.1:4173/'
/** From here on mail programs and chats cut addresses. Characters. */
const SAFE_LENGTH = 8000

const failure = (message: string): Outcome => ({
  stdout: '',
  stderr: `ioas: ${message}\n`,
  code: EXIT.textErrors,
})
const problem = (found: LinkProblem) => failure(linkProblemText(found))

/** The text in bytes of UTF-8, or the offset of the first byte that is none. */
function textOf(bytes: Uint8Array): string | number {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return firstBadByte(bytes)
  }
}

/** The decoder replaces from there on: what stands before has the same bytes again. */
function firstBadByte(bytes: Uint8Array): number {
  const replaced = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const at = replaced.findIndex((byte, i) => byte !== bytes[i])
  return at < 0 ? bytes.length : at
}

/** An address up to its `#`, as given. */
export function parseBase(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i.test(text) || text.includes('#'))
    throw new UsageError(`not an address to put a link behind: ${text} (like ${DEFAULT_BASE})`)
  return text
}

export interface LinkOptions {
  readonly base: string
  readonly step?: number
}

/** The address that opens a text, or what is wrong with it. */
export function addressOf(text: string, { base, step }: LinkOptions): string | LinkProblem {
  const view: LinkView = step === undefined ? {} : { step }
  const link = encodeLink({ text, view })
  return link.ok ? `${base}#${link.value}` : link.problem
}

/** A file's bytes as a link; refused where they are no UTF-8, since a link carries text. */
export function link(bytes: Uint8Array, options: LinkOptions): Outcome {
  const text = textOf(bytes)
  if (typeof text === 'number')
    return failure(
      `byte ${text} is not UTF-8, and a link carries text; convert the file (iconv) and try again`,
    )
  const address = addressOf(text, options)
  if (typeof address !== 'string') return problem(address)
  const long = `ioas: the link has ${address.length} characters; many programs cut it past ${SAFE_LENGTH}, so send the file\n`
  return { stdout: `${address}\n`, stderr: address.length > SAFE_LENGTH ? long : '', code: EXIT.fine }
}

/** The text of a link, exactly; with `json` its view, too. */
export function open(pasted: string, { json }: { readonly json: boolean }): Outcome {
  const opened = openLink(pasted)
  if (!opened.ok) return problem(opened.problem)
  const { text, view } = opened.value
  return { stdout: json ? jsonText({ text, view }) : text, stderr: '', code: EXIT.fine }
}
