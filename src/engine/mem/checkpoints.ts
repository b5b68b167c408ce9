/**
 * Copy-on-write checkpoints of all bulk state, taken by volume of journal, so that any position is near one.
 *
 * A checkpoint names a copy of every frame-sized page of the arena and of every leaf of the range trees; copies are
 * shared with the checkpoint before it wherever nothing changed. When the copies outgrow their budget every second
 * checkpoint is dropped and the spacing doubles.
 */
import { FRAME_LG2, FRAME_WORDS } from './layout'
import type { Overlaps } from './overlaps'
import type { ForestSnap } from './range-forest'
import type { Ranges } from './ranges'
import { RECORD_PAIRS, RUN } from './record-log'
import type { Words } from './words'

export interface Checkpoint {
  readonly position: number
  /** The log's work when it was taken. */
  readonly work: number
  readonly pages: PageCopies
  readonly ranges: ForestSnap
  readonly overlaps: ForestSnap
}

export interface BulkParts {
  readonly words: Words
  readonly ranges: Ranges
  readonly overlaps: Overlaps
}

/**
 * Copies by page number in chunks of 64, shared between checkpoints chunk by chunk and page by page. A chunk or page
 * that is left out is zero.
 */
type PageCopies = readonly (PageChunk | undefined)[]
type PageChunk = readonly (Int32Array | undefined)[]

const CHUNK_LG2 = 6
const CHUNK = 1 << CHUNK_LG2
const NO_PAGES: PageChunk = []
const ZERO_PAGE = new Int32Array(FRAME_WORDS)
const SMALLEST_SPACING = 1 << 15

export class Checkpoints {
  private readonly parts: BulkParts
  private readonly budget: number
  private list: Checkpoint[]
  private spacing = SMALLEST_SPACING
  private copied = 0

  /** `budget` is in bytes of copies. Made on empty state, at position 0. */
  constructor(parts: BulkParts, budget: number) {
    this.parts = parts
    this.budget = budget
    this.list = [
      {
        position: 0,
        work: 0,
        pages: withPages([], parts.words, new Set([1])),
        ranges: new Map(),
        overlaps: new Map(),
      },
    ]
  }

  get count(): number {
    return this.list.length
  }

  /** Bytes of page copies held. */
  get bytes(): number {
    return this.copied * FRAME_WORDS * 4
  }

  /** Takes a checkpoint at the log's cursor when enough was recorded since the last one. */
  maybeTake(): void {
    const { words } = this.parts
    const { position, work } = this.latest()
    const since = words.log.cursor - position + words.log.work - work
    if (since >= Math.max(this.spacing, words.live >> 1)) this.take()
  }

  /** Drops every checkpoint above a position. */
  dropAbove(position: number): void {
    while (this.latest().position > position) this.list.pop()
  }

  /** The checkpoint nearest to a position. */
  nearest(position: number): Checkpoint {
    let low = 0
    let high = this.list.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.list[middle] as Checkpoint).position <= position) low = middle
      else high = middle
    }
    const below = this.list[low] as Checkpoint
    const above = this.list[low + 1]
    return above !== undefined && above.position - position < position - below.position ? above : below
  }

  /** Turns the state from exactly checkpoint `from` into checkpoint `to`. */
  restore(from: Checkpoint, to: Checkpoint): void {
    const { words, ranges, overlaps } = this.parts
    for (let chunk = 0; chunk < Math.max(from.pages.length, to.pages.length); chunk++) {
      const here = from.pages[chunk] ?? NO_PAGES
      const there = to.pages[chunk] ?? NO_PAGES
      if (here !== there) restoreChunk(words.data, chunk << CHUNK_LG2, here, there)
    }
    ranges.forest.thaw(to.ranges)
    overlaps.forest.thaw(to.overlaps)
    overlaps.forget()
  }

  private latest(): Checkpoint {
    return this.list[this.list.length - 1] as Checkpoint
  }

  private take(): void {
    const { words, ranges, overlaps } = this.parts
    const last = this.latest()
    const touched = touchedPages(words, last.position)
    const pages = withPages(last.pages, words, touched)
    this.copied += touched.size
    const { cursor: position, work } = words.log
    this.list.push({
      position,
      work,
      pages,
      ranges: ranges.forest.freeze(),
      overlaps: overlaps.forest.freeze(),
    })
    if (this.bytes > this.budget) this.thin()
  }

  private thin(): void {
    this.list = this.list.filter((_, k) => k % 2 === 0)
    this.spacing *= 2
    const held = new Set<Int32Array>()
    for (const { pages } of this.list) for (const page of pages.flat()) if (page !== undefined) held.add(page)
    this.copied = held.size
  }
}

/** The copies of an earlier checkpoint with fresh ones of some pages. */
function withPages(before: PageCopies, words: Words, fresh: ReadonlySet<number>): PageCopies {
  const pages = before.slice()
  const chunks = new Map<number, (Int32Array | undefined)[]>()
  for (const page of fresh) {
    const number = page >> CHUNK_LG2
    const chunk = chunks.get(number) ?? Array.from({ length: CHUNK }, (_, k) => before[number]?.[k])
    chunk[page & (CHUNK - 1)] = words.data.slice(page << FRAME_LG2, (page + 1) << FRAME_LG2)
    chunks.set(number, chunk)
    pages[number] = chunk
  }
  return pages
}

function restoreChunk(data: Int32Array, first: number, here: PageChunk, there: PageChunk): void {
  for (let k = 0; k < CHUNK; k++) {
    if (here[k] !== there[k]) data.set(there[k] ?? ZERO_PAGE, (first + k) << FRAME_LG2)
  }
}

/** Pages of the arena that the records from `position` to the cursor change. */
function touchedPages({ log }: Words, position: number): Set<number> {
  const pages = new Set<number>()
  let lastPage = -1
  for (let pair = position; pair < log.cursor; ) {
    const head = log.ints[pair * 2] as number
    const offset = head >= 0 ? head : -head === RUN ? (log.ints[pair * 2 + 1] as number) : -1
    const page = offset >> FRAME_LG2
    if (offset >= 0 && page !== lastPage) {
      pages.add(page)
      lastPage = page
    }
    pair += head >= 0 ? 1 : (RECORD_PAIRS[-head] as number)
  }
  return pages
}
