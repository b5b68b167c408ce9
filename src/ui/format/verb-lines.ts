/** A step's verb on the two lines of a narrow cell, so that none of it has to be cut. */

export interface VerbLines {
  /** Beside the number. */
  readonly head: string
  /** Below, before the object; empty where the verb stands beside the number. */
  readonly tail: string
}

/** Letters that fit beside a number of two digits in a cell of 70 pixels. */
const BESIDE_NUMBER = 6

/**
 * `MAP` beside the number; `HWPT_ALLOC` as `HWPT` over `ALLOC`; of longer ones (`TEST_MOCK_DOMAIN_REPLACE`) the
 * first and the last word: the whole is in the cell's title.
 */
export function verbLines(verb: string): VerbLines {
  if (verb.length <= BESIDE_NUMBER) return { head: verb, tail: '' }
  const words = verb.split('_')
  const tail = lastWord(verb)
  return { head: words.length === 1 ? '' : (words[0] ?? ''), tail }
}

/** `dma_read` is `read` where there is room for one word. */
export function lastWord(verb: string): string {
  return verb.slice(verb.lastIndexOf('_') + 1)
}
