/**
 * `npm run bench`: figures of the engine as ratios against C compiled on the spot and against other JavaScript, side
 * by side in one run. Exit 1 when a figure is under its floor; such a line ends with `below floor`.
 *
 * Absolute times are never judged between machines; those that are (milliseconds of a jump) leave room for a slow one.
 */
import { type Bench, type Outcome, runBench } from './bench'
import { fillTime, fillVsC } from './rows/fill'
import { iotlbVsC } from './rows/iotlb'
import { recordingCost } from './rows/journal'
import { manyRangesVsC, rangesVsBtree, rangesVsC } from './rows/ranges'
import { timeTravel } from './rows/seek'
import { farWalkVsC, walkVsC, walkVsNaive } from './rows/walk'
import { compileTwin, type Twin } from './twin'

const BENCHES: readonly ((twin: Twin) => Bench)[] = [
  walkVsC,
  farWalkVsC,
  () => walkVsNaive,
  iotlbVsC,
  fillVsC,
  () => fillTime,
  rangesVsC,
  manyRangesVsC,
  () => rangesVsBtree,
  () => recordingCost,
  () => timeTravel,
]

/** Stands in where there is no compiler; only the names of its figures are looked at. */
const NO_TWIN: Twin = {
  compiler: 'none',
  run: () => {
    throw new Error('no C compiler')
  },
  remove: () => {},
}

const head = (row: number, title: string): string => `${String(row).padStart(2)}  ${title.padEnd(50)}`

function line({ figure, median, worst, holds }: Outcome): string {
  const bound = figure.must === 'at-least' ? '>=' : '<='
  const shown = (value: number): string => value.toFixed(value < 10 ? 2 : 1).padStart(7)
  const goals = `floor ${bound} ${figure.floor}, target ${figure.target}`
  const text = `${head(figure.row, figure.title)} median ${shown(median)} ${figure.unit.padEnd(5)} worst ${shown(worst)}  ${goals}`
  return holds ? text : `${text}  below floor`
}

function main(): number {
  const twin = compileTwin()
  const only = process.argv.slice(2).map(Number)
  console.log(
    `Median of paired rounds; C: ${twin === null ? 'no compiler' : `${twin.compiler} -O2`}; node ${process.version}`,
  )
  let below = 0
  try {
    for (const make of BENCHES) {
      const bench = make(twin ?? NO_TWIN)
      if (only.length > 0 && !bench.figures.some(figure => only.includes(figure.row))) continue
      below += twin === null && bench.needsC ? skip(bench) : print(runBench(bench))
    }
  } finally {
    twin?.remove()
  }
  return below > 0 ? 1 : 0
}

function skip(bench: Bench): number {
  for (const { row, title } of bench.figures) console.log(`${head(row, title)} skipped: no C compiler`)
  return 0
}

/** Prints the outcomes and returns how many are below their floor. */
function print(outcomes: readonly Outcome[]): number {
  for (const outcome of outcomes) console.log(line(outcome))
  return outcomes.filter(outcome => !outcome.holds).length
}

process.exitCode = main()
