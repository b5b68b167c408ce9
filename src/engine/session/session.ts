/**
 * A flow and the machine it runs on, at any step.
 *
 * Running is linear and happens once; standing at a step is a seek; explaining one executes it again on
 * the machine before it and takes that back. What a step did is never stored.
 *
 * A run may go on with the machine of an earlier run of nearly the same text. The program is interpreted
 * from its start all the same, since a change anywhere may change what it computes; but as long as each
 * operation is the earlier run's own, the machine has done it already and the answer is known.
 */
import type { Dialect } from '../dialects/contract'
import { DIALECTS, dialectById } from '../dialects/registry'
import {
  type Assumption,
  compile,
  createRunner,
  type Diagnostic,
  type PlannedStep,
  type Program,
  type Runner,
  type Value,
} from '../flow'
import type { Platform } from '../hw'
import type { DeviceAbilities, Machine } from '../kernel/machine'
import type { Guess, Root } from '../kernel/state'
import type { HistoryVisitor } from '../mem'
import { costsFrom } from '../trace/cost-row'
import type { CostName } from '../trace/costs'
import type { MachineEvent } from '../trace/events'
import { abilitiesAsked } from './asked'
import { stopsAt } from './breakpoints'
import { Collector } from './collector'
import type { Breakpoint, Session, SessionOptions, StateView, StepRecord, WalkView } from './contract'
import { type Executed, execute } from './execute'
import { type Ground, groundOf, sameGround } from './ground'
import { machineHash } from './hash'
import { openImplied } from './implied'
import { sameData } from './same-data'
import { type Setup, setUp } from './setup'
import { stateView } from './state-view'
import { Timeline } from './timeline'
import { type Touches, touchesOf } from './touches'
import { VOCABULARY } from './vocabulary'
import { type WalkRequest, walkDevice } from './walk'

/** Steps a run may take; a page asks for less. */
export const MOST_STEPS = 1_000_000

/** Runs whose machine a new run may go on with. What is gone on with can no longer be stood in. */
export interface Earlier {
  /** May be taken in any case. */
  readonly spare: FlowSession | null
  /** May be taken by a text that compiles without an error. */
  readonly good: FlowSession | null
}

/** What a step came to, for a later run that takes the same step. */
type Done = Pick<Executed, 'record' | 'value' | 'out' | 'held' | 'diagnostic'>

export class FlowSession implements Session {
  readonly text: string
  readonly program: Program
  readonly dialect: Dialect
  readonly machine: Machine
  readonly steps: StepRecord[] = []
  private readonly setup: Setup
  private readonly ground: Ground
  private readonly bindings: ReadonlyMap<string, Value>
  private readonly runner: Runner
  /** Null once a newer run went on with it. */
  private kept: Timeline | null
  private readonly done: Done[] = []
  private readonly found: Diagnostic[] = []
  private readonly lines = new Map<string, number>()
  private readonly touched = new Map<number, Touches>()
  private finished = false
  private held = true
  /** The run whose steps are gone through again; null from the first that is another. */
  private earlier: FlowSession | null = null
  private taken = 0

  constructor(text: string, options: SessionOptions = {}, earlier: Earlier = { spare: null, good: null }) {
    this.text = text
    this.program = compile(text, VOCABULARY, options)
    this.dialect = dialectById(this.program.dialect) ?? firstDialect()
    const { stage, implicitOpens } = this.program
    const { used } = this.program.running
    const asks = (platform: Platform) => abilitiesAsked(used, this.dialect, platform)
    const from = this.oneOf(earlier, options, asks)
    if (from === null) {
      this.setup = setUp(stage, this.dialect, { ...options, asks })
      this.machine = this.setup.machine
      this.ground = groundOf(this.program, this.dialect, options, asks(this.machine.platform))
      this.bindings = openImplied(this.machine, this.dialect, implicitOpens)
      this.kept = new Timeline(this.machine)
    } else {
      this.setup = from.setup
      this.machine = from.machine
      this.ground = from.ground
      this.bindings = from.bindings
      this.kept = from.giveUp()
      this.earlier = from
    }
    const { bindings } = this
    this.runner = createRunner(this.program, { stepLimit: options.stepLimit ?? MOST_STEPS, bindings })
    this.finished = this.diagnostics.some(one => one.severity === 'error' && one.code.startsWith('platform.'))
  }

  /** The earlier run that began as this one does, if any may be taken. */
  private oneOf(
    { spare, good }: Earlier,
    options: SessionOptions,
    asks: (platform: Platform) => DeviceAbilities,
  ): FlowSession | null {
    const isWhole = this.program.diagnostics.every(one => one.severity !== 'error')
    const fits = (one: FlowSession | null) =>
      one !== null &&
      one.kept !== null &&
      one.setup.diagnostics.length === 0 &&
      sameGround(one.ground, groundOf(this.program, this.dialect, options, asks(one.machine.platform)))
    return [spare, isWhole ? good : null].find(fits) ?? null
  }

  private giveUp(): Timeline {
    const { timeline } = this
    this.kept = null
    return timeline
  }

  private get timeline(): Timeline {
    if (this.kept === null) throw new Error('a newer run went on with the machine of this one')
    return this.kept
  }

  /** Whether the machine is still this run's own. */
  get isLive(): boolean {
    return this.kept !== null
  }

  /** How many steps the machine had done already, for an earlier run. To be asked when the run has ended. */
  get shared(): number {
    return this.taken
  }

  /** Runs up to `count` more steps; true when there is nothing left to run. */
  advance(count: number): boolean {
    if (this.earlier === null) this.timeline.seek(this.timeline.length)
    for (let i = 0; i < count && !this.finished; i++) this.runStep()
    if (this.finished) this.part()
    return this.finished
  }

  private runStep(): void {
    const next = this.runner.next()
    if (!('operation' in next)) {
      this.finished = true
      if (next.kind === 'stopped') this.report(next.diagnostic)
      return
    }
    const n = this.steps.length + 1
    const done = this.again(n, next) ?? this.carryOut(n, next)
    this.done.push(done)
    this.steps.push(done.record)
    for (const guess of this.guessesOf(n)) this.lines.set(guess.name, next.line)
    this.held &&= done.held
    if (done.held) this.markExpected(next.judges)
    if (done.diagnostic !== null) {
      this.report(done.diagnostic)
      this.finished = true
    }
    this.runner.result({ value: done.value, ...(done.out === null ? {} : { out: done.out }) })
  }

  /** What the earlier run's step came to, where it is this very step: all before it was, too. */
  private again(n: number, step: PlannedStep): Done | null {
    const known = this.earlier?.done[n - 1]
    const isSame =
      known !== undefined &&
      known.diagnostic === null &&
      sameData(this.timeline.stepAt(n)?.operation, step.operation)
    if (!isSame) {
      this.part()
      return null
    }
    this.timeline.replan(n, step)
    return { ...known, record: placed(known.record, step) }
  }

  private carryOut(n: number, step: PlannedStep): Done {
    this.machine.costs.nextStep()
    const { record, value, out, held, diagnostic } = execute(this.machine, this.dialect, step, n)
    this.timeline.record(step)
    return { record, value, out, held, diagnostic }
  }

  /** From here on the earlier run's steps are others than this one's. */
  private part(): void {
    if (this.earlier === null) return
    this.earlier = null
    this.taken = this.steps.length
    this.timeline.truncate(this.taken)
  }

  private guessesOf(n: number): readonly Guess[] {
    return this.timeline.rootAt(n).guesses.slice(this.timeline.rootAt(n - 1).guesses.length)
  }

  /** A refusal that an `expect` was written for. */
  private markExpected(judged: readonly number[]): void {
    for (const n of judged) {
      const record = this.steps[n - 1]
      if (record !== undefined && record.errno !== null) this.steps[n - 1] = { ...record, expected: true }
    }
  }

  private report(diagnostic: Diagnostic): void {
    const known = this.program.diagnostics.some(
      one => one.code === diagnostic.code && one.span.from === diagnostic.span.from,
    )
    if (!known) this.found.push(diagnostic)
  }

  get scenario(): Session['scenario'] {
    const { title } = this.program.stage
    return { title, dialect: this.program.dialect, platform: this.setup.platform, policy: this.setup.policy }
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.program.diagnostics, ...this.setup.diagnostics, ...this.found]
  }

  get reading(): Session['reading'] {
    const { aliases, skipped } = this.program
    return { aliases, skipped }
  }

  get assumptions(): readonly Assumption[] {
    const { guesses } = this.machine.root
    const told = guesses.map(guess => ({ ...guess, fix: null, line: this.lines.get(guess.name) ?? null }))
    return [...this.program.assumptions, ...told]
  }

  get ok(): boolean {
    return this.held && !this.diagnostics.some(one => one.severity === 'error')
  }

  get at(): number {
    return this.timeline.at
  }

  seek(n: number): void {
    this.timeline.seek(n)
  }

  /** What `look` sees at step n; the session stands where it stood afterwards. */
  peek<T>(n: number, look: () => T): T {
    const stood = this.at
    this.seek(n)
    const seen = look()
    this.seek(stood)
    return seen
  }

  stops(breakpoints: readonly Breakpoint[], n: number): boolean {
    const record = this.steps[n - 1]
    return record !== undefined && stopsAt(breakpoints, record, () => this.touches(n))
  }

  /** What step n touched; kept, since breakpoints ask again and again. */
  private touches(n: number): Touches {
    const known = this.touched.get(n)
    if (known !== undefined) return known
    const found = this.replay(n, (events, before) => touchesOf(this.machine, before, events)) ?? NOTHING
    this.touched.set(n, found)
    return found
  }

  /** The kernel's records after step n. */
  rootAt(n: number): Root {
    return this.timeline.rootAt(n)
  }

  /** Tells which words and ranges step n changed, without moving. */
  visitStep(n: number, visitor: HistoryVisitor): void {
    this.timeline.visitStep(n, visitor)
  }

  runTo(breakpoints: readonly Breakpoint[], direction: 1 | -1): number {
    for (let n = this.at + direction; n >= 1 && n <= this.steps.length; n += direction) {
      if (!this.stops(breakpoints, n)) continue
      this.seek(n)
      return n
    }
    this.seek(direction === 1 ? this.steps.length : 0)
    return this.at
  }

  state(): StateView {
    return stateView(this.machine)
  }

  explain(n: number): readonly MachineEvent[] {
    return this.replay(n, events => events) ?? []
  }

  /**
   * Executes step n again and lets `look` see its events, the machine as it leaves it and the root before
   * it; all is taken back. Undefined where there is no such step.
   */
  replay<T>(n: number, look: (events: readonly MachineEvent[], before: Root) => T): T | undefined {
    const step = this.timeline.stepAt(n)
    if (step === undefined) return undefined
    return this.timeline.revisit(n, () => {
      const before = this.machine.root
      const collector = new Collector(n, this.steps[n - 1]?.call ?? '')
      this.machine.costs.nextStep()
      this.machine.events = collector
      execute(this.machine, this.dialect, step, n)
      this.machine.silence()
      return look(collector.events(), before)
    })
  }

  /** What step n carried out, or undefined where there is no such step. */
  planned(n: number): PlannedStep | undefined {
    return this.timeline.stepAt(n)
  }

  /** What the refusal of step n names, by executing it again; null where it was not refused. */
  refusalValues(n: number): Executed['values'] {
    const step = this.timeline.stepAt(n)
    if (step === undefined) return null
    return this.timeline.revisit(n, () => execute(this.machine, this.dialect, step, n).values)
  }

  cost(n: number): Readonly<Record<CostName, number>> {
    return costsFrom(this.timeline.costRow(n), 0)
  }

  costThrough(n: number): Readonly<Record<CostName, number>> {
    return costsFrom(this.timeline.costsThrough(n), 0)
  }

  walk(request: WalkRequest): WalkView | { readonly problem: string } {
    return walkDevice(this.machine, request)
  }

  canonicalHash(): string {
    return machineHash(this.machine)
  }
}

/** Compiles and runs a text to its end; stands at the last step. */
export function createSession(text: string, options: SessionOptions = {}): FlowSession {
  const session = new FlowSession(text, options)
  session.advance(Number.POSITIVE_INFINITY)
  return session
}

/** The same, with nothing run yet: call `advance` until it says it is done. */
export function startSession(text: string, options: SessionOptions = {}, earlier?: Earlier): FlowSession {
  return new FlowSession(text, options, earlier)
}

/** A known step's record on the lines of a newer text. */
function placed(record: StepRecord, { line, lines, text }: PlannedStep): StepRecord {
  const stays = record.line === line && record.text === text && sameData(record.lines, lines)
  return stays ? record : { ...record, line, lines, text }
}

const NOTHING: Touches = { objects: new Set(), iova: [], hva: [] }

function firstDialect(): Dialect {
  const [dialect] = DIALECTS
  if (dialect === undefined) throw new Error('no dialect is registered')
  return dialect
}
