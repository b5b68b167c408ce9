/** Mail header blocks: where one stands, and what its Content headers say. */
import { type LineTable, lineText } from './lines'

export type BodyEncoding = 'unsaid' | 'plain' | 'quoted-printable' | 'base64' | 'not-text'

export interface HeaderBlock {
  /** The line after the block. */
  readonly end: number
  readonly encoding: BodyEncoding
  /** The body is HTML, to be read where there is no plain one. */
  readonly html: boolean
  readonly boundary: string | null
}

const FIELD = /^([A-Za-z][A-Za-z0-9-]*):(?:[ \t]|$)/
const CONTINUED = /^[ \t]+\S/

const KNOWN = new Set(
  (
    'from to cc bcc sent subject date message-id in-reply-to references return-path received sender reply-to ' +
    'mime-version content-type content-transfer-encoding content-disposition content-language content-id ' +
    'delivered-to dkim-signature arc-seal arc-message-signature authentication-results list-id list-unsubscribe ' +
    'list-archive list-post list-help list-subscribe precedence user-agent errors-to thread-topic importance'
  ).split(' '),
)

const isKnown = (name: string): boolean => KNOWN.has(name) || name.startsWith('x-')

/**
 * The header block that starts at `line`, or null. Two known names make one; after a part mark one
 * Content header does.
 */
export function headerBlockAt(
  text: string,
  lines: LineTable,
  line: number,
  afterMark: boolean,
): HeaderBlock | null {
  const fields = new Map<string, string>()
  let known = 0
  let name = ''
  let at = line
  for (; at < lines.count; at++) {
    const content = lineText(text, lines, at)
    const field = FIELD.exec(content)
    if (field !== null) {
      name = (field[1] ?? '').toLowerCase()
      known += isKnown(name) ? 1 : 0
      fields.set(name, content.slice(field[0].length))
    } else if (name !== '' && CONTINUED.test(content))
      fields.set(name, `${fields.get(name)} ${content.trim()}`)
    else if (!(at === line && /^From \S/.test(content))) break
  }
  if (known < (afterMark ? 1 : 2)) return null
  return {
    end: at,
    encoding: encodingOf(fields),
    html: /^text\/html\b/.test(typeOf(fields)),
    boundary: boundaryOf(fields),
  }
}

const typeOf = (fields: ReadonlyMap<string, string>): string =>
  (fields.get('content-type') ?? 'text/plain').trim().toLowerCase()

function encodingOf(fields: ReadonlyMap<string, string>): BodyEncoding {
  const type = typeOf(fields)
  if (!/^(?:text\/(?:plain|html)|multipart\/)/.test(type) && type.includes('/')) return 'not-text'
  const encoding = (fields.get('content-transfer-encoding') ?? '').trim().toLowerCase()
  if (encoding === 'quoted-printable' || encoding === 'base64') return encoding
  return encoding === '' ? 'unsaid' : 'plain'
}

function boundaryOf(fields: ReadonlyMap<string, string>): string | null {
  const match = /boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(fields.get('content-type') ?? '')
  return match === null ? null : (match[1] ?? match[2] ?? null)
}
