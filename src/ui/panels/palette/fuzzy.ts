/**
 * How well a query fits a text: as it stands, better where a word begins, or as first letters of words.
 * Several words of a query may come in any order.
 */

const EXACT = 1000
const WORD_START = 8
const TOGETHER = 5
const HIT = 1
/** A longer text is a sentence: any letters begin some of its words. */
const NAME_LENGTH = 48

/** 0 where it does not fit; more fits better. Case does not matter. */
export function fits(query: string, text: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const lower = text.toLowerCase()
  if (words.length === 0) return 1
  if (lower === words.join(' ')) return EXACT
  const scores = words.map(word => wordScore(word, lower))
  if (scores.some(score => score === 0)) return 0
  // Of two texts that fit alike the shorter one says more.
  return scores.reduce((sum, score) => sum + score, 0) + 1 / (1 + text.length)
}

function wordScore(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at < 0) return scattered(word, text)
  const start = isWordStart(text, at) || isWordStart(text, text.indexOf(` ${word}`) + 1)
  return word.length * (HIT + TOGETHER) + (start ? WORD_START : 0)
}

/** Letters in order, each beginning a word or following the one before: `gtl` is `Go to line`. */
function scattered(word: string, text: string): number {
  if (text.length > NAME_LENGTH) return 0
  const best = continued(word, text, -1)
  return best < 0 ? 0 : HIT * word.length + best / 2
}

/** How many letters begin words at best; -1 where the rest of the word does not fit after `at`. */
function continued(word: string, text: string, at: number): number {
  const letter = word[0]
  if (letter === undefined) return 0
  if (at >= 0 && text[at + 1] === letter) {
    const rest = continued(word.slice(1), text, at + 1)
    if (rest >= 0) return rest
  }
  for (let next = text.indexOf(letter, at + 1); next >= 0; next = text.indexOf(letter, next + 1)) {
    const rest = isWordStart(text, next) ? continued(word.slice(1), text, next) : -1
    if (rest >= 0) return rest + 1
  }
  return -1
}

function isWordStart(text: string, at: number): boolean {
  return at >= 0 && (at === 0 || /[^a-z0-9]/.test(text[at - 1] ?? ''))
}

/** A name outweighs another name for the same thing. */
function scoreOf(query: string, text: string, isName: boolean): number {
  const score = fits(query, text)
  return score > 0 && isName ? score + 0.5 : score
}

/** Those that fit, the best first; equals keep their order. The first text of an item is its name. */
export function bestOf<T>(query: string, items: readonly T[], textsOf: (item: T) => readonly string[]): T[] {
  return items
    .map(item => ({
      item,
      score: Math.max(0, ...textsOf(item).map((text, i) => scoreOf(query, text, i === 0))),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
