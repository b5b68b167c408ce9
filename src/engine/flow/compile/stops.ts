/** Where execution stops: before every statement with an error in it, and where an error stands alone. */
import type { Finding } from '../layout/findings'
import type { Statement } from '../syntax/ast'
import { flatten } from '../syntax/walk'

/** Marks the statements that hold an error; an error outside all of them becomes a stop of its own. */
export function withStops(
  statements: readonly Statement[],
  findings: readonly Finding[],
): readonly Statement[] {
  const errors = findings.filter(finding => finding.severity === 'error').sort((a, b) => a.from - b.from)
  if (errors.length === 0) return statements
  const inOrder = [...flatten(statements)].sort((a, b) => a.from - b.from)
  const alone = errors.filter(({ from }) => {
    const holder = lastAtOrBefore(inOrder, from)
    if (holder === null || holder.to <= from) return true
    holder.broken = true
    return false
  })
  return alone.length === 0 ? statements : insertStops(statements, alone)
}

/** The last statement that starts at or before an offset. */
function lastAtOrBefore(statements: readonly Statement[], offset: number): Statement | null {
  let low = 0
  let high = statements.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((statements[middle]?.from ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return statements[low - 1] ?? null
}

function insertStops(statements: readonly Statement[], alone: readonly Finding[]): Statement[] {
  const stops = alone.map(
    ({ from, to }): Statement => ({ kind: 'stop', from, to: Math.max(to, from + 1), broken: true }),
  )
  return [...stops, ...statements].sort((a, b) => a.from - b.from)
}
