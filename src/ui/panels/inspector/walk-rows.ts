/** A walk as rows: how far each is indented, what its stages come to, how its address was computed. */
import type { ReferenceView } from '../../../engine'
import { address } from '../../format/hex'
import { inspectStore } from '../../stores/inspect-store'

export function chooseReference(reference: number): void {
  inspectStore.setState({ reference })
}

type Staged = Pick<ReferenceView, 'stage' | 'level'>

/**
 * Steps to the right, one a level. A walk of the second stage that begins again for the next address of the first
 * stage begins at the left again, one further in than the last.
 */
export function depths(references: readonly Staged[]): readonly number[] {
  let depth = 0
  let turns = 0
  return references.map((reference, k) => {
    const before = references[k - 1]
    if (before === undefined) return 0
    if (restarts(reference, before)) {
      turns += 1
      depth = turns
    } else depth += reference.stage === 'config' ? 0 : 1
    return depth
  })
}

function restarts(now: Staged, before: Staged): boolean {
  if (now.stage === 'config') return false
  if (before.stage === 'config') return false
  return now.stage === 'second' && (before.stage === 'first' || (before.level ?? 0) < (now.level ?? 0))
}

const STAGES = [
  ['config', 'configuration'],
  ['first', 'first stage'],
  ['second', 'second stage'],
] as const

/** `4 configuration, 4 second stage`. */
export function stageWords(references: readonly Staged[]): string {
  return STAGES.map(
    ([stage, words]) => [references.filter(one => one.stage === stage).length, words] as const,
  )
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ')
}

/** `0x10_4000 + index 2 x 8`, or null where the address does not follow from the row before. */
export function turnText({ from }: Pick<ReferenceView, 'from'>): string | null {
  if (from === null) return null
  const unit = BigInt(from.unit)
  if (unit === 0n || from.offset % unit !== 0n) return `${address(from.pointer)} + ${address(from.offset)}`
  return `${address(from.pointer)} + index ${from.offset / unit} x ${unit}`
}
