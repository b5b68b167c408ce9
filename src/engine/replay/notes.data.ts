/**
 * What a note of a recording says that the program did, and what that means for the calls after it. A note that
 * no row knows is a comment of the program's author and changes nothing.
 *
 * Source: the README of the recordings, "Notes that change the process".
 */

/** `limits`: pages it may have charged from now on, no CAP_IPC_LOCK. `unprivileged`: no capabilities. */
export type NoteEffect =
  | { readonly kind: 'fork' }
  | { readonly kind: 'exit' }
  | { readonly kind: 'unprivileged' }
  | { readonly kind: 'limits'; readonly pages: number }
  /** The memory of a buffer is gone. */
  | { readonly kind: 'munmap'; readonly buffer: string }

interface NoteRow {
  readonly says: RegExp
  readonly means: (match: RegExpExecArray) => readonly NoteEffect[]
}

const NOTES: readonly NoteRow[] = [
  { says: /\bchild munmaps (?:buffer )?(\w+)/i, means: ([, buffer = '']) => [{ kind: 'munmap', buffer }] },
  {
    says: /^munmap(?:s|ped)? (?:of )?(?:buffer )?(\w+)/i,
    means: ([, buffer = '']) => [{ kind: 'munmap', buffer }],
  },
  {
    says: /\b(?:(\d+)|two)[- ]pages? RLIMIT_MEMLOCK|memlock limit of (?:(\d+)|two) pages/i,
    means: ([, before, after]) => [
      { kind: 'unprivileged' },
      { kind: 'limits', pages: Number(before ?? after ?? 2) },
    ],
  },
  { says: /\bunprivileged\b|\bbecomes uid \d+/i, means: () => [{ kind: 'unprivileged' }] },
  { says: /\bchild (?:has exited|exits|is gone)\b/i, means: () => [{ kind: 'exit' }] },
  { says: /\bchild\b.*\binherited\b|\bforks?\b/i, means: () => [{ kind: 'fork' }] },
]

/** What the note changes: nothing, for most. The first row that knows it decides. */
export function effectsOf(text: string): readonly NoteEffect[] {
  for (const { says, means } of NOTES) {
    const match = says.exec(text)
    if (match !== null) return means(match)
  }
  return []
}
