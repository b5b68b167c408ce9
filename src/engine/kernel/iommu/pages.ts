/**
 * Pages behind a map: memory of a process, or of a file. Areas of any IOAS show them, and a page is pinned and charged
 * once for all of these; two maps of the same memory are two of these, and pin and charge twice.
 *
 * Nothing is pinned before something needs the pages: a table, or an access. So memory that is not there is found late.
 *
 * Source: iommufd facts 4. Not modelled: pages that a driver exports (dma-buf).
 */
import { charge, pin, uncharge, unpin } from '../accounting'
import { eachHostRun, type PageRun } from '../host-pages'
import type { Machine } from '../machine'
import { answer, type Outcome, refuse } from '../outcome'
import { requireMemory } from '../process-memory'
import { TREE } from '../state'
import { currentTask, taskOf } from '../tasks'
import { firstFrom, insertRange, removeRange } from './range-map'

/** Indexes of pages, both inclusive, from the first page of all. */
export interface PageIndexes {
  readonly first: number
  readonly last: number
}

export interface PagesRecord {
  readonly uid: number
  readonly kind: 'memory' | 'file'
  /** First page: of the process's addresses, or of the file's place among all files. */
  readonly base: number
  readonly count: number
  /** Whose memory it is, and who is charged. */
  readonly task: number
  /** Mapped so that it may be written. */
  readonly writable: boolean
  /** False where whoever mapped it had CAP_IPC_LOCK. */
  readonly charged: boolean
  /** Bytes of a file from the first page on; null where its pages cannot be pinned at all. */
  readonly fileSize: bigint | null
  /** Spans that a table or an access needs, one for each. */
  readonly pins: readonly PageIndexes[]
  /** Areas that show it. */
  readonly areas: number
}

export type PagesWish = Pick<PagesRecord, 'kind' | 'base' | 'count' | 'writable' | 'fileSize'>

export function createPages(machine: Machine, wish: PagesWish): number {
  const uid = machine.takeUid()
  const { ipcLock } = currentTask(machine)
  put(machine, { ...wish, uid, task: machine.root.task, charged: !ipcLock, pins: [], areas: 0 })
  return uid
}

export function pagesOf(machine: Machine, uid: number): PagesRecord {
  const found = firstFrom(machine.root.ioPages, BigInt(uid))
  if (found === null || found.value.uid !== uid) throw new Error(`no pages ${uid}`)
  return found.value
}

function put(machine: Machine, record: PagesRecord): void {
  const key = BigInt(record.uid)
  const had = firstFrom(machine.root.ioPages, key)
  const rest = had?.first === key ? removeRange(machine.root.ioPages, key) : machine.root.ioPages
  machine.update({ ioPages: insertRange(rest, { first: key, last: key, value: record }) })
}

/** One more area shows the pages. */
export function showPages(machine: Machine, uid: number): void {
  const record = pagesOf(machine, uid)
  put(machine, { ...record, areas: record.areas + 1 })
}

/** One area less; with the last one they go. */
export function hidePages(machine: Machine, uid: number): void {
  const record = pagesOf(machine, uid)
  if (record.areas > 1) put(machine, { ...record, areas: record.areas - 1 })
  else machine.update({ ioPages: removeRange(machine.root.ioPages, BigInt(uid)) })
}

/** Pins what of a span is not pinned yet, and charges it. Refused: nothing changes. */
export function pinPages(machine: Machine, uid: number, span: PageIndexes): Outcome<null> {
  const record = pagesOf(machine, uid)
  const fresh = without(span, record.pins)
  const present = requirePages(machine, record, fresh)
  if (!present.ok) return present
  if (record.charged) {
    const charged = charge(machine, countOf(fresh), 'pages.memlock', record.task)
    if (!charged.ok) return charged
  }
  for (const { first, last } of fresh) pin(machine, record.base + first, record.base + last)
  put(machine, { ...record, pins: [...record.pins, span] })
  return answer(null)
}

/** Takes back one pin of exactly this span. */
export function unpinPages(machine: Machine, uid: number, span: PageIndexes): void {
  const record = pagesOf(machine, uid)
  const at = record.pins.findIndex(({ first, last }) => first === span.first && last === span.last)
  if (at < 0) throw new Error(`pages ${uid}: ${span.first} to ${span.last} are not pinned`)
  const pins = record.pins.toSpliced(at, 1)
  const gone = without(span, pins)
  for (const { first, last } of gone) unpin(machine, record.base + first, record.base + last)
  if (record.charged) uncharge(machine, countOf(gone), record.task)
  put(machine, { ...record, pins })
}

/** Counts of the pages are moved to the process that calls, where its limit allows. */
export function moveCharges(machine: Machine, uid: number): Outcome<null> {
  const record = pagesOf(machine, uid)
  const task = machine.root.task
  if (record.task === task) return answer(null)
  const pages = record.charged ? countOf(merged(record.pins)) : 0
  const charged = charge(machine, pages, 'pages.memlock', task)
  if (!charged.ok) return charged
  uncharge(machine, pages, record.task)
  put(machine, { ...record, task })
  return answer(null)
}

/** Calls `run` for each run of host pages behind a span; the first argument is the index of its first page. */
export function eachFrameRun(machine: Machine, record: PagesRecord, span: PageIndexes, run: PageRun): void {
  const { base } = record
  const tree = record.kind === 'file' ? TREE.files : TREE.memoryOf(record.task)
  eachHostRun(
    machine,
    base + span.first,
    base + span.last,
    (page, host, count) => run(page - base, host, count),
    tree,
  )
}

/** Every page of the spans must be there, and writable where the map may write. */
function requirePages(machine: Machine, record: PagesRecord, spans: readonly PageIndexes[]): Outcome<null> {
  for (const { first, last } of spans) {
    const there =
      record.kind === 'file' ? requireFile(record, last) : requireTask(machine, record, { first, last })
    if (!there.ok) return there
  }
  return answer(null)
}

function requireTask(machine: Machine, record: PagesRecord, { first, last }: PageIndexes): Outcome<null> {
  const { base, task, writable } = record
  if (!taskOf(machine, task).alive) return refuse('pages.no-process', { task })
  return requireMemory(machine, base + first, base + last, writable, task)
}

function requireFile({ fileSize }: PagesRecord, last: number): Outcome<null> {
  if (fileSize === null) return refuse('pages.no-file-pages')
  const offset = BigInt(last) << 12n
  return offset < fileSize ? answer(null) : refuse('pages.file-end', { offset, size: fileSize })
}

const countOf = (spans: readonly PageIndexes[]): number =>
  spans.reduce((sum, { first, last }) => sum + last - first + 1, 0)

/** The parts of a span that none of the others covers, ascending. */
function without(span: PageIndexes, others: readonly PageIndexes[]): readonly PageIndexes[] {
  const found: PageIndexes[] = []
  let from = span.first
  for (const { first, last } of merged(others)) {
    if (last < from || first > span.last) continue
    if (first > from) found.push({ first: from, last: first - 1 })
    from = last + 1
  }
  if (from <= span.last) found.push({ first: from, last: span.last })
  return found
}

/** The same pages in ascending spans that do not meet. */
function merged(spans: readonly PageIndexes[]): readonly PageIndexes[] {
  const found: PageIndexes[] = []
  for (const span of spans.toSorted((a, b) => a.first - b.first)) {
    const before = found.at(-1)
    if (before !== undefined && span.first <= before.last + 1)
      found.splice(-1, 1, { first: before.first, last: Math.max(before.last, span.last) })
    else found.push(span)
  }
  return found
}
