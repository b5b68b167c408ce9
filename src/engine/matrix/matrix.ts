/**
 * Which operation does what to which type of table, found by running a small flow for each pair on a fresh
 * machine. Nothing is known beforehand: a dialect brings its words (`Dialect.matrix`), the answer is the
 * machine's.
 */
import type { Dialect } from '../dialects/contract'
import {
  type MatrixWords,
  TABLE_OPERATIONS,
  TABLE_TYPES,
  type TableOperation,
  type TableType,
} from '../dialects/matrix.data'
import { DIALECTS } from '../dialects/registry'
import { platformById } from '../hw'
import type { StepRecord } from '../session/contract'
import { createSession } from '../session/session'
import { DEFAULT_PLATFORM } from '../session/setup'
import type { MatrixCell, MatrixRun, MatrixView, MatrixWish } from './contract'
import { type CellFlow, cellFlow, type Scene } from './flow'

/** Where dialect or platform is unknown or the dialect has no matrix, the problem in a sentence. */
export function startMatrix(wish: MatrixWish): MatrixRun | { readonly problem: string } {
  const dialect = wish.dialect === undefined ? DIALECTS[0] : DIALECTS.find(one => one.id === wish.dialect)
  if (dialect === undefined) return { problem: `there is no dialect ${wish.dialect}` }
  if (dialect.matrix === undefined) return { problem: `${dialect.title} has no words for a matrix yet` }
  const platform = wish.platform ?? DEFAULT_PLATFORM
  if (platformById(platform) === null) return { problem: `there is no platform ${platform}` }
  return new Running(dialect, dialect.matrix, { platform, policy: wish.policy ?? {} })
}

/** The same, run to its end. */
export function matrixOf(wish: MatrixWish): MatrixView | { readonly problem: string } {
  const run = startMatrix(wish)
  if ('problem' in run) return run
  run.advance(run.total)
  return run.finish()
}

const PAIRS: readonly { readonly type: TableType; readonly operation: TableOperation }[] =
  TABLE_TYPES.flatMap(type => TABLE_OPERATIONS.map(operation => ({ type: type.id, operation: operation.id })))

class Running implements MatrixRun {
  readonly total = PAIRS.length
  private readonly words: MatrixWords
  private readonly scene: Scene
  private readonly cells: MatrixCell[] = []

  constructor(dialect: Dialect, words: MatrixWords, wish: Required<Omit<MatrixWish, 'dialect'>>) {
    const defaults = Object.fromEntries(dialect.knobs.map(knob => [knob.key, knob.default]))
    const policy: Record<string, string> = { ...defaults, ...wish.policy }
    const chosen = Object.keys(policy).filter(key => policy[key] !== defaults[key])
    this.words = words
    this.scene = { dialect: dialect.id, platform: wish.platform, policy, chosen }
  }

  get done(): number {
    return this.cells.length
  }

  advance(cells: number): boolean {
    for (const pair of PAIRS.slice(this.done, this.done + cells))
      this.cells.push(cell(this.words, this.scene, pair))
    return this.done === this.total
  }

  finish(): MatrixView {
    const { dialect, platform, policy } = this.scene
    const axes = { types: TABLE_TYPES, operations: TABLE_OPERATIONS }
    return { dialect, platform, policy, ...axes, cells: this.cells }
  }
}

type Pair = Pick<MatrixCell, 'type' | 'operation'>

function cell(words: MatrixWords, scene: Scene, pair: Pair): MatrixCell {
  const flow = cellFlow(words, scene, pair.type, pair.operation)
  if ('none' in flow) return { ...pair, ...NOT_RUN, message: flow.none }
  const { steps, diagnostics } = createSession(flow.text)
  const error = diagnostics.find(one => one.severity === 'error')
  if (error !== undefined) throw new Error(`matrix, line ${error.span.line}: ${error.message}\n${flow.text}`)
  const unmade = steps.find(step => isMaking(flow, step) && step.errno !== null)
  const shown = unmade ?? steps.find(step => step.line === flow.line)
  if (shown === undefined) throw new Error(`matrix: line ${flow.line} made no step\n${flow.text}`)
  return { ...pair, ...answered(flow, shown), result: unmade === undefined ? resultOf(shown) : 'no-type' }
}

const NOT_RUN = {
  result: 'no-words',
  ret: null,
  errno: null,
  rule: null,
  text: '',
  step: 0,
  line: 0,
} as const

const isMaking = ({ making }: CellFlow, { line }: StepRecord): boolean =>
  making.first <= line && line <= making.last

const resultOf = ({ errno }: StepRecord): 'ok' | 'refused' => (errno === null ? 'ok' : 'refused')

function answered({ text }: CellFlow, { n, line, ret, errno, rule, message }: StepRecord) {
  return { ret, errno, rule, message, text, step: n, line }
}
