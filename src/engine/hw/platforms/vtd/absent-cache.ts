/**
 * What a second stage was found not to have, kept under caching mode (VT-d 6.1, CM): the reason why software under
 * CM=1 flushes after it has mapped something too.
 *
 * Not modelled: first-stage entries that are not present (CM does not cover them), missing rights.
 */
import { highHalf, joinHalves, lowHalf } from '../../../bits'
import type { Bulk } from '../../../mem'
import { findTag, putTag, type TagCache, tagWord } from '../../tag-cache'

export const ABSENT_SHAPE = { entries: 64, tagWords: 3, dataWords: 0 }

/** A 4 KiB page of a domain. */
export interface AbsentPage {
  readonly domain: number
  readonly page: number
}

const tagOf = ({ domain, page }: AbsentPage): number[] => [domain, lowHalf(page), highHalf(page)]

export const isAbsent = (words: Int32Array, cache: TagCache, page: AbsentPage): boolean =>
  findTag(words, cache, tagOf(page)) >= 0

/** True when another entry had to go. */
export const keepAbsent = (bulk: Bulk, cache: TagCache, page: AbsentPage): boolean =>
  putTag(bulk, cache, tagOf(page), [])

export const absentAt = (words: Int32Array, at: number): AbsentPage => {
  return { domain: tagWord(words, at, 0), page: joinHalves(tagWord(words, at, 1), tagWord(words, at, 2)) }
}
