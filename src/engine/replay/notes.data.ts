/**
 * What a note of a recording says that the program did, and what that means for the calls after it. A note that
 * no row knows is a comment of the program's author and changes nothing; one that talks of the process all the same is
 * told by name, so that nobody takes its calls for understood.
 *
 * Source: the README of the recordings, "Notes that change the process".
 */

/** `limits`: pages it may have charged from now on. `unprivileged`: no capabilities. */
export type NoteEffect =
  | { readonly kind: 'fork' }
  | { readonly kind: 'exit' }
  | { readonly kind: 'unprivileged' }
  | { readonly kind: 'limits'; readonly pages: number }
  /** The memory of a buffer is gone. */
  | { readonly kind: 'munmap'; readonly buffer: string }

interface NoteRow {
  readonly says: RegExp
  readonly means: (groups: Readonly<Record<string, string | undefined>>) => readonly NoteEffect[]
}

const WORDS = 'one two three four five six seven eight nine ten'.split(' ')
const NUMBER = `(?<count>\\d+|${WORDS.join('|')}|a)`
const UNIT = '(?<unit>pages?|bytes?|[KkMm]i?B)'
const LIMIT = '(?:RLIMIT_MEMLOCK|memlock(?: limit)?)'
const BUFFERS = '(?:the )?(?:buffers? )?(?<buffers>[A-Z]\\w{0,15}(?:(?:, | and )[A-Z]\\w{0,15})*)\\b'

const BYTES: Readonly<Record<string, number>> = { p: 4096, b: 1, k: 1 << 10, m: 1 << 20 }

/** Whole pages of so many of a unit, told by its first letter. */
function pagesOf({ count = '', unit = '' }: Readonly<Record<string, string | undefined>>): number {
  const number = /^\d+$/.test(count) ? Number(count) : Math.max(1, WORDS.indexOf(count.toLowerCase()) + 1)
  return Math.floor((number * (BYTES[unit.charAt(0).toLowerCase()] ?? 1)) / 4096)
}

const limited: NoteRow['means'] = groups => [
  { kind: 'unprivileged' },
  { kind: 'limits', pages: pagesOf(groups) },
]

const munmapped: NoteRow['means'] = ({ buffers = '' }) =>
  buffers.split(/, | and /).map(buffer => ({ kind: 'munmap', buffer }))

const NOTES: readonly NoteRow[] = [
  { says: new RegExp(`\\bmunmap(?:s|ped|ping)? (?:of )?${BUFFERS}`), means: munmapped },
  { says: /^(?:buffers? )?(?<buffers>[A-Z]\w{0,15}) (?:is|was) munmapped\b/, means: munmapped },
  { says: new RegExp(`\\b${NUMBER}[- ]${UNIT}(?: of)? ${LIMIT}`, 'i'), means: limited },
  {
    says: new RegExp(`\\b${LIMIT}(?: limit)?(?: is| of|:| =|=)? ?${NUMBER}[- ]?${UNIT}\\b`, 'i'),
    means: limited,
  },
  {
    says: /\bunprivileged\b|\b(?:becomes|as|is) (?:uid [1-9]\d*|nobody)\b|\b(?:no|drops?(?: all)?) capabilit/i,
    means: () => [{ kind: 'unprivileged' }],
  },
  {
    says: /\bchild(?: \w+)? (?:has exited|exits|exited|is gone|ends)\b/i,
    means: () => [{ kind: 'exit' }],
  },
  {
    says: /\bchild\b.*\binherit|\bforks?\b|\bforked\b|\bin (?:a|the) child\b/i,
    means: () => [{ kind: 'fork' }],
  },
]

/** Talk of the process that no row knows. */
const OF_THE_PROCESS = /\bmunmap|\bchild\b|\buid\b|\bcapabilit|rlimit|\bmemlock\b|\bmm\b|\bsetuid\b/i

/** What the note changes: nothing, for most; null where it seems to change the process in a way that is not known. */
export function effectsOf(text: string): readonly NoteEffect[] | null {
  for (const { says, means } of NOTES) {
    const match = says.exec(text)
    if (match !== null) return means(match.groups ?? {})
  }
  return OF_THE_PROCESS.test(text) ? null : []
}
