/**
 * Undoes what transit does to a link and can be undone: `#` as `%23`, a link kept in another link
 * (SafeLinks, urldefense), `<...>` and quotes, wrapped and quoted lines, quoted-printable, a whole mail
 * around it. Every reading is tried, and the link's own length and checksum say which is right; where
 * none is, the plainest reading says what is wrong.
 */
import { LINK_START } from './envelope'
import { decodeLink } from './link'
import { failed, type LinkProblem, type Result } from './problem'
import type { Shared } from './view'

/** What is looked at of a paste: the longest link with every character escaped and a mail around it. */
const MOST_PASTED_CHARS = 262_144
/** Link starts tried in one reading: a mail has a few, hostile text thousands. */
const MOST_STARTS = 40

type Reading = (text: string) => string

const fromHex = (_: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))
const percent: Reading = text => text.replace(/%([0-7][0-9A-Fa-f])/g, fromHex)

/** Line ends with what stands before and behind them: a soft break's `=`, quote marks, indents. */
const unwrapped: Reading = text => text.replace(/[ \t]{0,4}=?\r?\n(?:[ \t\u00a0]*[>|])*[ \t\u00a0]*/g, '')
const quotedPrintable: Reading = text => unwrapped(text).replace(/=([2-7][0-9A-F])/g, fromHex)

/** urldefense v2 writes `%` as `-` and `/` as `_`. */
const urlDefense: Reading = text => percent(text.replaceAll('-', '%').replaceAll('_', '/'))

/** Only the letters of links: blanks, escapes and invisible characters inside one fall out. */
const lettersOnly: Reading = text => percent(text).replace(/[^A-Za-z0-9._-]+/g, '')
const undashed =
  (hyphens: string): Reading =>
  text =>
    unwrapped(text).replace(/[\u2013\u2014]/g, hyphens)

/** `kevin> ` before each line. */
const initialed: Reading = text => unwrapped(text.replace(/^[ \t]*\w{1,12}>[ \t]?/gm, ''))

/** From the plainest on; the first one that gives a whole link is believed. `tells`: its problems are, too. */
const READINGS: readonly { readonly read: Reading; readonly tells: boolean }[] = [
  { read: text => text, tells: true },
  { read: percent, tells: true },
  { read: text => percent(percent(text)), tells: true },
  { read: unwrapped, tells: true },
  { read: quotedPrintable, tells: true },
  { read: text => percent(quotedPrintable(text)), tells: true },
  { read: initialed, tells: false },
  { read: urlDefense, tells: false },
  { read: undashed('--'), tells: false },
  { read: undashed('-'), tells: false },
  { read: lettersOnly, tells: false },
]

interface Start {
  /** The text from the link on. */
  readonly text: string
  /** Stands where links do, so that it is one, be it broken; `v5.10.1` in prose is none. */
  readonly marked: boolean
}

function* startsIn(text: string): Generator<Start> {
  let tried = 0
  for (const { index } of text.matchAll(LINK_START)) {
    if (tried++ === MOST_STARTS) return
    const before = text.slice(Math.max(0, index - 3), index)
    yield { text: text.slice(index), marked: index === 0 || /[#=/*]$|%23$/.test(before) }
  }
}

/** How much a problem tells: one found in the link itself more than that there seems to be none. */
const WEIGHT: Readonly<Record<LinkProblem['kind'], number>> = {
  'no-link': 0,
  'not-text': 0,
  'link-too-long': 1,
  damaged: 2,
  cut: 3,
  unreadable: 4,
  'text-too-large': 4,
  newer: 4,
}

/** Of two cuts the lesser: the reading that finds more of the link is the better one. */
function worse(a: LinkProblem, b: LinkProblem): LinkProblem {
  if (a.kind === 'cut' && b.kind === 'cut') return a.missing <= b.missing ? a : b
  return WEIGHT[b.kind] > WEIGHT[a.kind] ? b : a
}

/**
 * Finds the link in an address, a line or a whole mail and opens it. Of several whole ones the first.
 * Never opens anything whose checksum does not agree.
 */
export function openLink(pasted: string): Result<Shared> {
  const text = pasted.slice(0, MOST_PASTED_CHARS)
  let problem: LinkProblem = { kind: 'no-link' }
  for (const { read, tells } of READINGS) {
    for (const start of startsIn(read(text))) {
      const opened = decodeLink(start.text)
      if (opened.ok) return opened
      // What is sealed and still of no use is what was sent; other readings find no more in it.
      if (WEIGHT[opened.problem.kind] >= WEIGHT.newer) return opened
      if (tells && start.marked) problem = worse(problem, opened.problem)
    }
  }
  return failed(problem)
}
