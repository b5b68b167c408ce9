/** The steps of several runs as rows: what each answers, where they differ from the first, what may be folded. */
import type { ComparedStep } from '../../../worker/protocol'

export interface CompareRow {
  readonly n: number
  /** One a run; undefined where that run has fewer steps. */
  readonly steps: readonly (ComparedStep | undefined)[]
  /** For each run whether it answers otherwise than the first. */
  readonly differs: readonly boolean[]
}

export type ShownRow =
  | { readonly kind: 'step'; readonly row: CompareRow }
  /** Steps `first` to `last`, both inclusive, that answer alike. */
  | { readonly kind: 'alike'; readonly first: number; readonly last: number }

export function rowsOf(runs: readonly (readonly ComparedStep[])[]): readonly CompareRow[] {
  const length = Math.max(0, ...runs.map(run => run.length))
  return Array.from({ length }, (_, at) => {
    const steps = runs.map(run => run[at])
    const [first] = steps
    return { n: at + 1, steps, differs: steps.map(step => !isAlike(first, step)) }
  })
}

function isAlike(a: ComparedStep | undefined, b: ComparedStep | undefined): boolean {
  return a?.text === b?.text && a?.answer === b?.answer
}

/** `= 0`, `-EBUSY attach.rid-taken`, `holds`. */
export function answerText(step: ComparedStep | undefined): string {
  if (step === undefined) return 'no step'
  const { call, ret, errno, told } = step
  if (errno !== null || told.startsWith('fault ')) return told
  if (call === 'expect') return ret === 0 ? 'holds' : 'fails'
  return call === 'note' ? '' : `= ${told}`
}

/** Refused unasked, or a check that fails. */
export function isBad(step: ComparedStep | undefined): boolean {
  if (step === undefined) return false
  return step.errno === null ? step.call === 'expect' && step.ret !== 0 : !step.expected
}

/** Shorter stretches than this say as much as their fold would. */
const LEAST_FOLD = 4
const AROUND = 1

/** Every row, or those that differ, are near one that does, or are `at`; the rest as stretches. */
export function shownRows(
  rows: readonly CompareRow[],
  { folded, at }: { readonly folded: boolean; readonly at: number },
): readonly ShownRow[] {
  const telling = rows.map(({ n, differs }) => !folded || n === at || differs.some(Boolean))
  const isNear = (k: number) => telling.slice(Math.max(0, k - AROUND), k + AROUND + 1).some(Boolean)
  const stretches: CompareRow[][] = []
  rows.forEach((row, k) => {
    const last = stretches.at(-1)
    if (last !== undefined && isNear(k) === isNear(k - 1)) last.push(row)
    else stretches.push([row])
  })
  return stretches.flatMap((stretch): readonly ShownRow[] => {
    const [first, last] = [stretch[0]?.n ?? 0, stretch.at(-1)?.n ?? 0]
    if (stretch.length < LEAST_FOLD || isNear(first - 1)) return stretch.map(row => ({ kind: 'step', row }))
    return [{ kind: 'alike', first, last }]
  })
}

/** Rows drawn at a time: more make a page too heavy to step through. */
export const ROWS_AT_ONCE = 400

/** The place among the rows, from 0, of the one that tells step `at`; 0 where none does. */
export function placeOf(shown: readonly ShownRow[], at: number): number {
  const found = shown.findIndex(row => (row.kind === 'step' ? row.row.n : row.last) >= at)
  return Math.max(0, found)
}

/** The next row after `at`, in a direction, that differs anywhere; null where none does. */
export function nextDifference(rows: readonly CompareRow[], at: number, by: 1 | -1): number | null {
  const found = (by === 1 ? rows : [...rows].reverse()).find(
    ({ n, differs }) => (n - at) * by > 0 && differs.some(Boolean),
  )
  return found?.n ?? null
}
