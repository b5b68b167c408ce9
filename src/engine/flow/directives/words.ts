/** The words of one directive, with their places. */
import type { Range } from '../layout/pieces'
import { readNumber } from '../syntax/literals'

export interface Word extends Range {
  readonly text: string
}

const UNIT = /^[KMGT]i?B?$/i

/** Splits at blanks; a unit that stands apart from its number (`1 GB`) joins it. */
export function splitWords(code: string, range: Range): Word[] {
  const words: Word[] = []
  for (const match of code.slice(range.from, range.to).matchAll(/\S+/g)) {
    const word = {
      text: match[0],
      from: range.from + match.index,
      to: range.from + match.index + match[0].length,
    }
    const last = words.at(-1)
    if (last !== undefined && UNIT.test(word.text) && /^\d\w*$/.test(last.text)) {
      words[words.length - 1] = { text: `${last.text} ${word.text}`, from: last.from, to: word.to }
    } else words.push(word)
  }
  return words
}

/** A number with an optional unit, or null. */
export function sizeOf(text: string): bigint | null {
  const reading = readNumber(text)
  return reading.problem === null ? reading.value : null
}

/** A whole number within bounds, or null. */
export function countOf(text: string, first: number, last: number): number | null {
  const value = sizeOf(text)
  return value !== null && value >= BigInt(first) && value <= BigInt(last) ? Number(value) : null
}

/** `key=value` split, or null for a bare word. */
export function keyValue(word: Word): { key: string; value: Word } | null {
  const at = word.text.indexOf('=')
  if (at <= 0) return null
  return {
    key: word.text.slice(0, at),
    value: { text: word.text.slice(at + 1), from: word.from + at + 1, to: word.to },
  }
}
