/**
 * A walk in two dimensions: a row for each guest address that is looked up, the reads of the second stage that
 * translate it side by side, and the first-stage entry that was found there at the end of the row.
 */
import type { ReferenceView } from '../../../engine'

type Read = Pick<ReferenceView, 'stage' | 'level' | 'serves'>

export interface Stair {
  /** The guest address that the row translates; null where the reads translate the address asked for. */
  readonly address: bigint | null
  /** Places in the walk. Of a walk of one stage all of its reads. */
  readonly reads: readonly number[]
  /** The first-stage entry at the end of the row; null for the page itself, or where the walk ended before. */
  readonly entry: number | null
  /** Level of that entry; null for the page itself. */
  readonly level: number | null
}

export interface Stairs {
  /** Configuration structures, read before any table. */
  readonly config: readonly number[]
  readonly rows: readonly Stair[]
}

export function stairsOf(references: readonly Read[]): Stairs {
  const config: number[] = []
  const rows: Stair[] = []
  references.forEach((read, at) => {
    if (read.stage === 'config') config.push(at)
    else addTo(rows, read, at)
  })
  return { config, rows }
}

function addTo(rows: Stair[], { stage, level, serves }: Read, at: number): void {
  const row = rows.at(-1)
  if (stage === 'first' && row?.address != null && row.entry === null && row.level === level) {
    rows[rows.length - 1] = { ...row, entry: at }
    return
  }
  const address = serves?.address ?? null
  const goesOn = row !== undefined && row.entry === null && row.address === address
  const own = serves?.level ?? null
  if (goesOn && (address === null || row.level === own))
    rows[rows.length - 1] = { ...row, reads: [...row.reads, at] }
  else rows.push({ address, reads: [at], entry: null, level: own })
}

/** `4 x (4 + 1) + 4 = 24` where every row is as long, else each row: `4 + 5 + 3 = 12`. Configuration aside. */
export function sumText({ rows }: Stairs): string {
  const lengths = rows.map(({ reads, entry }) => reads.length + (entry === null ? 0 : 1))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const [seconds = 0] = rows.map(({ reads }) => reads.length)
  const entries = rows.filter(({ entry }) => entry !== null).length
  const even = entries > 0 && rows.every(({ reads }) => reads.length === seconds)
  if (even && entries === rows.length - 1) return `${entries} x (${seconds} + 1) + ${seconds} = ${total}`
  return lengths.length < 2 ? String(total) : `${lengths.join(' + ')} = ${total}`
}

export interface OtherWalk {
  readonly title: string
  readonly references: number
}

/**
 * What a complete walk of two tables costs by the sizes of their pages. `first` and `second` are numbers of levels;
 * a page one level up saves the read of its table, for the first stage with all that translates it.
 */
export function otherWalks(first: number, second: number): readonly OtherWalk[] {
  const cost = (f: number, s: number) => f * (s + 1) + s
  return [
    { title: '4K over 4K', references: cost(first, second) },
    { title: '4K over 2M', references: cost(first, second - 1) },
    { title: '2M over 4K', references: cost(first - 1, second) },
    { title: '4K over 1G', references: cost(first, second - 2) },
    { title: '1G over 1G', references: cost(first - 2, second - 2) },
  ]
}

/** The pointer of a table entry or of a structure, by the field that holds one. */
export function pointerOf({ bits }: Pick<ReferenceView, 'bits'>): bigint | null {
  const field = bits.find(({ low, high }) => low >= 12 && high - low + 1 >= 20)
  return field === undefined ? null : field.value << BigInt(field.low)
}

/** The single bits that are set, by name: `R W`. */
export function rightsOf({ bits }: Pick<ReferenceView, 'bits'>): string {
  return bits
    .filter(({ high, low, value }) => high === low && value === 1n)
    .map(({ name }) => name)
    .join(' ')
}
