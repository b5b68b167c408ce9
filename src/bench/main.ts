/**
 * `npm run bench [ROW...]`: figures of the engine as ratios against C compiled on the spot and against other JavaScript,
 * side by side in one run. Exit 1 when a figure is under its floor; such a line ends with `below floor`.
 *
 * Each bench runs in a process of its own, so that none inherits what the compiler learned from another.
 */
import { spawnSync } from 'node:child_process'
import { type Bench, type Outcome, runBench } from './bench'
import { fillTime, fillVsC } from './rows/fill'
import { iotlbVsC } from './rows/iotlb'
import { recordingCost } from './rows/journal'
import { nestedVsC } from './rows/nested'
import { manyRangesVsC, rangesVsBtree, rangesVsC } from './rows/ranges'
import { timeTravel } from './rows/seek'
import { farWalkVsC, walkVsC, walkVsNaive } from './rows/walk'
import { compileTwin, openTwin, type Twin } from './twin'

const BENCHES: readonly ((twin: Twin) => Bench)[] = [
  walkVsC,
  farWalkVsC,
  () => walkVsNaive,
  nestedVsC,
  iotlbVsC,
  fillVsC,
  () => fillTime,
  rangesVsC,
  manyRangesVsC,
  () => rangesVsBtree,
  () => recordingCost,
  () => timeTravel,
]

const ONE = '--one'
const head = (row: number, title: string): string => `${String(row).padStart(2)}  ${title.padEnd(46)}`

function line({ figure, median, worst, holds }: Outcome): string {
  const bound = figure.must === 'at-least' ? '>=' : '<='
  const shown = (value: number): string => value.toFixed(value < 10 ? 2 : 1).padStart(6)
  const values = `median ${shown(median)} ${figure.unit.padEnd(5)} worst ${shown(worst)}`
  const text = `${head(figure.row, figure.title)} ${values}  floor ${bound} ${figure.floor}, target ${figure.target}`
  return holds ? text : `${text}  below floor`
}

/** Runs one bench in this process; exit 1 when a figure is below its floor. */
function runOne(index: number, program: string): number {
  const make = BENCHES[index]
  if (make === undefined) throw new Error(`no bench ${index}`)
  const bench = make(openTwin(program))
  if (program === '' && bench.needsC) {
    for (const { row, title } of bench.figures) console.log(`${head(row, title)} skipped: no C compiler`)
    return 0
  }
  const outcomes = runBench(bench)
  for (const outcome of outcomes) console.log(line(outcome))
  return outcomes.every(outcome => outcome.holds) ? 0 : 1
}

/** Runs every bench that has one of the rows, or all; exit 1 when any was below its floor, 2 when one broke. */
function runAll(rows: readonly number[]): number {
  const twin = compileTwin()
  console.log(`Medians of paired rounds. C: ${twin?.compiler ?? 'no compiler'} -O2. Node ${process.version}`)
  let worst = 0
  try {
    for (const [index, make] of BENCHES.entries()) {
      const wanted = make(openTwin('')).figures.some(figure => rows.includes(figure.row))
      if (rows.length > 0 && !wanted) continue
      const args = [...process.execArgv, import.meta.filename, ONE, String(index), twin?.program ?? '']
      const status = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 2
      worst = Math.max(worst, status > 1 ? 2 : status)
    }
  } finally {
    twin?.remove()
  }
  return worst
}

const [first, ...rest] = process.argv.slice(2)
process.exitCode =
  first === ONE ? runOne(Number(rest[0]), rest[1] ?? '') : runAll(process.argv.slice(2).map(Number))
