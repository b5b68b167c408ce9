/** What can be wrong with a link, as values, and the sentence for each. */

/** The longest link that is read or made: characters of `v1.` to its end. */
export const MOST_LINK_CHARS = 65_536
/** The most that a link may unpack to, text and view together. Bytes. */
export const MOST_SHARED_BYTES = 1_048_576

export type LinkProblem =
  /** Nothing in what was given looks like a link of ours. */
  | { readonly kind: 'no-link' }
  /** The link says it is longer than what is there. Characters, each one byte. */
  | { readonly kind: 'cut'; readonly missing: number; readonly length: number }
  /** As long as it should be, but its checksum does not agree. */
  | { readonly kind: 'damaged' }
  /** Whole, and made by a build that this one knows nothing of. */
  | { readonly kind: 'newer'; readonly form: string }
  /** Whole, and not what any build of ours makes. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'link-too-long'; readonly length: number }
  /** At least so many: a text far too large is not counted to its end. */
  | { readonly kind: 'text-too-large'; readonly bytes: number }
  /** Half a surrogate pair: no text in UTF-8. `at` counts UTF-16 units from 0. */
  | { readonly kind: 'not-text'; readonly at: number }

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: LinkProblem }

export const fine = <T>(value: T): Result<T> => ({ ok: true, value })
export const failed = (problem: LinkProblem): { readonly ok: false; readonly problem: LinkProblem } => ({
  ok: false,
  problem,
})

const count = (n: number, thing: string) => `${n.toLocaleString('en-US')} ${thing}${n === 1 ? '' : 's'}`

type Sentences = { readonly [K in LinkProblem['kind']]: (problem: LinkProblem & { kind: K }) => string }

const SENTENCES: Sentences = {
  'no-link': () => 'There is no link in it.',
  cut: ({ missing, length }) =>
    `The link is cut: ${missing.toLocaleString('en-US')} of its ${count(length, 'character')} (bytes) are missing.`,
  damaged: () => 'The link is damaged: its checksum does not agree.',
  newer: ({ form }) =>
    `This link is from a newer build (its form is ${form}): reload the page or update, then open it again.`,
  unreadable: ({ why }) => `The link cannot be read: ${why}.`,
  'link-too-long': ({ length }) =>
    `A link of ${count(length, 'character')} is too long; the most is ${count(MOST_LINK_CHARS, 'character')}. Send a file.`,
  'text-too-large': ({ bytes }) =>
    `The text is too large for a link: ${count(bytes, 'byte')}, the most is ${count(MOST_SHARED_BYTES, 'byte')}. Send a file.`,
  'not-text': ({ at }) => `The text has half a character at ${at.toLocaleString('en-US')} and fits no link.`,
}

/** One sentence or two, for people. */
export function linkProblemText(problem: LinkProblem): string {
  const sentence = SENTENCES[problem.kind] as (problem: LinkProblem) => string
  return sentence(problem)
}
