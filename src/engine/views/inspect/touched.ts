/** What the step at hand wrote, by the journal: so that only that is compared with the step before. */
import { u64 } from '../../bits'
import type { FlowSession } from '../../session/session'

const PAGE_LG2 = 10

export class TouchedWords {
  private readonly session: FlowSession
  private readonly pages = new Set<number>()
  private copies: ReadonlyMap<number, Int32Array> | null = null

  /** The words that the step where the session stands changed. */
  constructor(session: FlowSession) {
    this.session = session
    if (session.at === 0) return
    session.visitStep(session.at, {
      words: (offset, count) => {
        const last = (offset + count - 1) >>> PAGE_LG2
        for (let page = offset >>> PAGE_LG2; page <= last; page++) this.pages.add(page)
      },
    })
  }

  /** True when a frame of memory that holds one of `bytes` from `hpa` may differ from the step before. */
  has(hpa: number, bytes: number): boolean {
    const { memory } = this.session.machine.bulk
    for (let at = hpa - (hpa % 4096); at < hpa + bytes; at += 4096)
      if (this.pages.has(memory.wordAt(at) >>> PAGE_LG2)) return true
    return false
  }

  /** The word at an offset of the arena as it was one step earlier. */
  wordBefore(offset: number): number {
    this.copies ??= this.copyPages()
    const copy = this.copies.get(offset >>> PAGE_LG2)
    if (copy !== undefined) return copy[offset & ((1 << PAGE_LG2) - 1)] ?? 0
    return this.session.machine.bulk.words.data[offset] ?? 0
  }

  /** The 64-bit word at `hpa` (bytes, a multiple of 8) as it was one step earlier. */
  read64(hpa: number): bigint {
    const at = this.session.machine.bulk.memory.wordAt(hpa)
    return u64(this.wordBefore(at), this.wordBefore(at + 1))
  }

  /** One look back for all of them: a step that fills a table touches hundreds. */
  private copyPages(): ReadonlyMap<number, Int32Array> {
    const copies = before(this.session, () => {
      const { data } = this.session.machine.bulk.words
      return [...this.pages].map(
        page => [page, data.slice(page << PAGE_LG2, (page + 1) << PAGE_LG2)] as const,
      )
    })
    return new Map(copies ?? [])
  }
}

/** First units of the ranges of a tree that the step where the session stands put in, took out or changed. */
export function touchedRanges(session: FlowSession, tree: number): ReadonlySet<number> {
  const found = new Set<number>()
  if (session.at > 0)
    session.visitStep(session.at, { range: (of, first) => void (of === tree && found.add(first)) })
  return found
}

/** What `look` sees one step earlier; null at the start. */
export function before<T>(session: FlowSession, look: () => T): T | null {
  return session.at === 0 ? null : session.peek(session.at - 1, look)
}
