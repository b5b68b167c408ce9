/** What the clean-up did, said once a kind however often it was done. */

export type NoteCode =
  | 'mail.line-ends'
  | 'mail.characters'
  | 'mail.control-characters'
  | 'mail.headers'
  | 'mail.encoding'
  | 'mail.entities'
  | 'mail.html'
  | 'mail.quoting'
  | 'mail.patch'
  | 'mail.fences'
  | 'mail.signature'

export interface CleanNote {
  readonly code: NoteCode
  readonly message: string
  readonly severity: 'info' | 'warning'
  readonly count: number
  /** Offset in the author's text of the first place. */
  readonly from: number
}

interface NoteWords {
  readonly severity: 'info' | 'warning'
  readonly say: (count: number) => string
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const WORDS: Readonly<Record<NoteCode, NoteWords>> = {
  'mail.line-ends': { severity: 'info', say: n => `${plural(n, 'CR LF line end')} read as line ends` },
  'mail.characters': {
    severity: 'info',
    say: n => `${plural(n, 'typographic character')} read as plain ones (quotes, spaces, marks)`,
  },
  'mail.control-characters': {
    severity: 'warning',
    say: n => `${plural(n, 'control or text-direction character')}, shown escaped`,
  },
  'mail.headers': {
    severity: 'info',
    say: n => `${plural(n, 'line')} of mail headers and part marks skipped`,
  },
  'mail.encoding': { severity: 'info', say: n => `${plural(n, 'transfer-encoded place')} decoded` },
  'mail.entities': { severity: 'info', say: n => `HTML entities decoded, ${n} in all` },
  'mail.html': { severity: 'info', say: n => `${plural(n, 'HTML mark')} taken off` },
  'mail.quoting': { severity: 'info', say: n => `mail quoting taken off ${plural(n, 'line')}` },
  'mail.patch': { severity: 'info', say: n => `patch marks taken off ${plural(n, 'line')}` },
  'mail.fences': { severity: 'info', say: n => `${plural(n, 'code fence')} skipped` },
  'mail.signature': { severity: 'info', say: n => `${plural(n, 'line')} of signatures skipped` },
}

/** Counts by kind; `list` gives one note a kind, in order of first appearance. */
export class Notes {
  private readonly counts = new Map<NoteCode, { count: number; from: number }>()

  add(code: NoteCode, from: number, count = 1): void {
    if (count <= 0) return
    const seen = this.counts.get(code)
    if (seen === undefined) this.counts.set(code, { count, from })
    else seen.count += count
  }

  list(): CleanNote[] {
    return [...this.counts].map(([code, { count, from }]) => ({
      code,
      count,
      from,
      severity: WORDS[code].severity,
      message: WORDS[code].say(count),
    }))
  }
}
