/**
 * A typed handle on an engine that lives in a worker and may die there. Losing the worker is reported
 * once, a new worker is started, and nothing is run again until asked. Answers to questions that a
 * newer one replaced are dropped.
 */
import type { AnswerTo, InspectAnswer, InspectQuery } from '../engine'
import type { Wishes } from '../worker/drawing'
import type { Endpoint } from '../worker/endpoint'
import type {
  Answer,
  ChoicesReply,
  ComparedAtReply,
  ComparedAtRequest,
  ComparedReply,
  CompareRequest,
  CompleteReply,
  CompleteRequest,
  DrawReply,
  EventsReply,
  EventsRequest,
  HelpReply,
  HelpRequest,
  InspectRequest,
  LanesReply,
  LanesRequest,
  MailRequest,
  MatrixReply,
  MatrixRequest,
  PreviewReply,
  Question,
  Reply,
  Request,
  RunReply,
  RunRequest,
  RunToRequest,
  ShowReply,
  ShowRequest,
  SinceReply,
  StoppedReply,
  StopsReply,
  StopsRequest,
  TextReply,
  WalkReply,
  WalkRequest,
} from '../worker/protocol'
import { restored } from '../worker/since'
import { unreachable } from '../worker/unreachable'
import type { EngineStatus, Loss, Outcome } from './outcome'
import { Watchdog } from './watchdog'

export interface WorkerHandle {
  readonly endpoint: Endpoint
  terminate(): void
  /** Calls back when the worker itself reports an error (failed to load, uncaught). */
  onFailure(listener: (message: string) => void): void
}

export interface ClientOptions {
  readonly spawn: () => WorkerHandle
  readonly onStatus: (status: EngineStatus) => void
  readonly onLoss: (loss: Loss) => void
  readonly tickMs?: number
  readonly quickTicks?: number
  readonly runTicks?: number
  /** How long a run may take to hear `stop` before its worker is ended. */
  readonly stopGraceMs?: number
}

interface Pending {
  readonly question: Question
  readonly settle: (outcome: Outcome<Answer>) => void
}

type Ask<Q extends Question> = Omit<Q, 'id' | 'kind'>

const STARTS_BEFORE_GIVING_UP = 3

export class EngineClient {
  readonly #options: ClientOptions
  readonly #watchdog: Watchdog
  readonly #pending = new Map<number, Pending>()
  #worker: WorkerHandle | null = null
  #nextId = 1
  #failedStarts = 0
  #status: EngineStatus = { kind: 'starting' }
  /** The step and the run heard of last, which the next answers may be told by. */
  #heard: ShowReply | null = null
  #heardRun: RunReply | null = null
  #heldShow: (() => void) | null = null
  #dropHeldShow: (() => void) | null = null
  #stopTimer: ReturnType<typeof setTimeout> | null = null

  constructor(options: ClientOptions) {
    this.#options = options
    this.#watchdog = new Watchdog({
      tickMs: options.tickMs ?? 1000,
      quickTicks: options.quickTicks ?? 3,
      runTicks: options.runTicks ?? 12,
      ping: () => this.#post({ kind: 'ping', id: 0 }),
      isRunning: () => this.#pendingRun() !== null || this.#status.kind === 'starting',
      onDead: () => this.#lose('no-answer', 'The engine stopped answering.'),
    })
    this.#start()
  }

  get status(): EngineStatus {
    return this.#status
  }

  /** Compiles and runs a text; an older run that has not answered becomes stale. */
  run(
    revision: number,
    text: string,
    limit: number,
    how: Pick<RunRequest, 'wishes' | 'stand'> = {},
  ): Promise<Outcome<RunReply>> {
    this.#dropQuestions('A newer text took its place.')
    this.#setStatus({ kind: 'running', done: 0 })
    const since = this.#heardRun === null ? {} : { since: this.#heardRun.id }
    return this.#ask({ kind: 'run', id: this.#nextId++, revision, text, limit, ...how, ...since }, 'ran')
  }

  /**
   * Everything to draw of one step. At most one is with the worker and one waits; a newer one takes the
   * place of the one that waits, so a dragged slider never builds a queue.
   */
  show(question: Ask<ShowRequest>): Promise<Outcome<ShowReply>> {
    this.#dropHeldShow?.()
    const send = () => {
      const since = this.#heard === null ? {} : { since: this.#heard.id }
      return this.#ask({ kind: 'show', id: this.#nextId++, ...question, ...since }, 'shown')
    }
    if (!this.#isShowing()) return send()
    return new Promise(resolve => {
      this.#dropHeldShow = () => {
        this.#heldShow = null
        this.#dropHeldShow = null
        resolve(stale('A newer step took its place.'))
      }
      this.#heldShow = () => {
        this.#heldShow = null
        this.#dropHeldShow = null
        void send().then(resolve)
      }
    })
  }

  /** The graph of a run drawn for another panel, or with other bundles open. */
  draw(revision: number, wishes: Wishes): Promise<Outcome<DrawReply>> {
    return this.#ask({ kind: 'draw', id: this.#nextId++, revision, wishes }, 'drawn')
  }

  /** The step at which one of the breakpoints stops, looking from `from` in a direction. */
  runTo(question: Ask<RunToRequest>): Promise<Outcome<StoppedReply>> {
    return this.#ask({ kind: 'run-to', id: this.#nextId++, ...question }, 'stopped-at')
  }

  /** Every step at which one of the breakpoints stops; a newer question ends the search for an older. */
  stops(question: Ask<StopsRequest>): Promise<Outcome<StopsReply>> {
    return this.#ask({ kind: 'stops', id: this.#nextId++, ...question }, 'stops-of')
  }

  /** Rows of a step's events beyond those that `show` brought along. */
  events(question: Ask<EventsRequest>): Promise<Outcome<EventsReply>> {
    return this.#ask({ kind: 'events', id: this.#nextId++, ...question }, 'events-of')
  }

  lanes(question: Ask<LanesRequest>): Promise<Outcome<LanesReply>> {
    return this.#ask({ kind: 'lanes', id: this.#nextId++, ...question }, 'lanes-of')
  }

  walk(question: Ask<WalkRequest>): Promise<Outcome<WalkReply>> {
    return this.#ask({ kind: 'walk', id: this.#nextId++, ...question }, 'walked')
  }

  /** One question of the inspector at a step; the answer is to the question put. */
  async inspect<Q extends InspectQuery>(
    question: Omit<Ask<InspectRequest>, 'query'> & { readonly query: Q },
  ): Promise<Outcome<AnswerTo<Q>>> {
    const outcome = await this.#ask({ kind: 'inspect', id: this.#nextId++, ...question }, 'inspected')
    if (!outcome.ok) return outcome
    const { answer } = outcome.value
    if (answers(question.query, answer)) return { ok: true, value: answer }
    return failed('refused', `Expected ${question.query.what}, got ${answer.what}.`)
  }

  /** One flow under several choices; other questions go on meanwhile, a newer comparison ends an older. */
  compare(question: Ask<CompareRequest>): Promise<Outcome<ComparedReply>> {
    return this.#ask({ kind: 'compare', id: this.#nextId++, ...question }, 'compared')
  }

  /** Pictures of the runs of the newest comparison. */
  comparedAt(question: Ask<ComparedAtRequest>): Promise<Outcome<ComparedAtReply>> {
    return this.#ask({ kind: 'compared-at', id: this.#nextId++, ...question }, 'compared-graphs')
  }

  /** Table types by operations, each cell run; takes a second or so, and other questions go on meanwhile. */
  matrix(question: Ask<MatrixRequest>): Promise<Outcome<MatrixReply>> {
    return this.#ask({ kind: 'matrix', id: this.#nextId++, ...question }, 'matrix-of')
  }

  /** What a flow may choose with its directives. */
  choices(): Promise<Outcome<ChoicesReply>> {
    return this.#ask({ kind: 'choices', id: this.#nextId++ }, 'chosen-from')
  }

  /** The card of what stands at an offset of a text, or of a word alone. */
  help(question: Ask<HelpRequest>): Promise<Outcome<HelpReply>> {
    return this.#ask({ kind: 'help', id: this.#nextId++, ...question }, 'helped')
  }

  /** What may be typed at an offset of a text. */
  complete(question: Ask<CompleteRequest>): Promise<Outcome<CompleteReply>> {
    return this.#ask({ kind: 'complete', id: this.#nextId++, ...question }, 'completed')
  }

  /** What a text comes to at its fullest, beside the run at hand. */
  preview(text: string, limit: number): Promise<Outcome<PreviewReply>> {
    return this.#ask({ kind: 'preview', id: this.#nextId++, text, limit }, 'previewed')
  }

  /** The flow at a step as a block for mail. */
  mail(question: Ask<MailRequest>): Promise<Outcome<TextReply>> {
    return this.#ask({ kind: 'mail', id: this.#nextId++, ...question }, 'text')
  }

  ascii(revision: number, step: number): Promise<Outcome<TextReply>> {
    return this.#ask({ kind: 'ascii', id: this.#nextId++, revision, step }, 'text')
  }

  /** Ends the run under way: politely, and if that is not heard, with its worker. */
  stop(): void {
    const run = this.#pendingRun()
    if (run === null) return
    this.#post({ kind: 'cancel', id: run.question.id })
    this.#stopTimer ??= setTimeout(
      () => this.#lose('stopped', 'The engine did not hear Stop and was ended.'),
      this.#options.stopGraceMs ?? 400,
    )
  }

  dispose(): void {
    this.#watchdog.stop()
    this.#clearStop()
    this.#settleAll(stale('The page is closing.'))
    this.#worker?.terminate()
    this.#worker = null
  }

  #start(): void {
    this.#setStatus({ kind: 'starting' })
    const worker = this.#options.spawn()
    this.#worker = worker
    this.#heard = null
    this.#heardRun = null
    worker.onFailure(message => {
      if (this.#worker === worker) this.#lose('failed', message)
    })
    worker.endpoint.addEventListener('message', event => {
      if (this.#worker === worker) this.#receive(event.data as Reply)
    })
    this.#watchdog.start()
  }

  #lose(reason: Loss['reason'], message: string): void {
    if (this.#status.kind === 'unusable') return
    const run = this.#pendingRun()
    const during = run !== null ? 'run' : this.#pending.size > 0 ? 'question' : 'nothing'
    const done = this.#status.kind === 'running' ? this.#status.done : 0
    if (this.#status.kind === 'starting') this.#failedStarts += 1
    this.#worker?.terminate()
    this.#worker = null
    this.#watchdog.stop()
    this.#clearStop()
    this.#settleAll(reason === 'stopped' ? failed('cancelled', message) : failed('gone', message))
    if (this.#failedStarts >= STARTS_BEFORE_GIVING_UP) this.#setStatus({ kind: 'unusable' })
    else this.#start()
    this.#options.onLoss({ reason, message, during, done })
  }

  #receive(reply: Reply): void {
    this.#watchdog.heard()
    switch (reply.kind) {
      case 'ready':
        this.#failedStarts = 0
        this.#setStatus(this.#pendingRun() === null ? { kind: 'idle' } : { kind: 'running', done: 0 })
        return
      case 'pong':
        return
      case 'progress':
        if (this.#pending.has(reply.id)) this.#setStatus({ kind: 'running', done: reply.done })
        return
      case 'since':
        this.#hear(this.#whole(reply))
        return
      default:
        this.#hear(reply)
    }
  }

  /** Also what nobody waits for any more: the next answer may be told by it. */
  #hear(reply: Settling): void {
    if (reply.kind === 'ran') this.#heardRun = reply
    if (reply.kind === 'shown' || reply.kind === 'ran')
      this.#heard = reply.kind === 'ran' ? reply.shown : reply
    this.#settle(reply.id, outcomeOf(reply))
  }

  #whole({ of, id, since, told }: SinceReply): Settling {
    const base = of === 'ran' ? this.#heardRun : this.#heard
    if (base?.id === since) return restored(told, base) as RunReply | ShowReply
    return { kind: 'refused', id, message: `Answer ${since} was not heard.` }
  }

  #ask<K extends Answer['kind']>(
    question: Question,
    kind: K,
  ): Promise<Outcome<Extract<Answer, { kind: K }>>> {
    if (this.#worker === null) return Promise.resolve(failed('gone', 'The engine cannot be started.'))
    return new Promise(resolve => {
      const settle = (outcome: Outcome<Answer>) => resolve(narrowed(outcome, kind))
      this.#pending.set(question.id, { question, settle })
      this.#post(question)
    })
  }

  #settle(id: number, outcome: Outcome<Answer>): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    if (pending.question.kind === 'run') {
      this.#clearStop()
      if (this.#pendingRun() === null) this.#setStatus({ kind: 'idle' })
    }
    pending.settle(outcome)
    if (pending.question.kind === 'show') this.#heldShow?.()
  }

  #settleAll(outcome: Outcome<never>, which: (question: Question) => boolean = () => true): void {
    this.#dropHeldShow?.()
    for (const [id, pending] of [...this.#pending].filter(([, { question }]) => which(question))) {
      this.#pending.delete(id)
      pending.settle(outcome)
    }
  }

  /** The host itself ends an older run when a newer one begins. */
  #dropQuestions(message: string): void {
    this.#clearStop()
    this.#settleAll(stale(message), isAboutAText)
  }

  #isShowing(): boolean {
    return [...this.#pending.values()].some(p => p.question.kind === 'show')
  }

  #pendingRun(): Pending | null {
    return [...this.#pending.values()].find(p => p.question.kind === 'run') ?? null
  }

  #clearStop(): void {
    if (this.#stopTimer !== null) clearTimeout(this.#stopTimer)
    this.#stopTimer = null
  }

  #post(request: Request): void {
    this.#worker?.endpoint.postMessage(request)
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status
    this.#options.onStatus(status)
  }
}

type Settling = Exclude<Reply, { readonly kind: 'ready' | 'pong' | 'progress' | 'since' }>

function outcomeOf(reply: Settling): Outcome<Answer> {
  switch (reply.kind) {
    case 'cancelled':
      return failed('cancelled', `Stopped after ${reply.done} steps.`)
    case 'refused':
      return failed('refused', reply.message)
    case 'crashed': {
      const { message, stack, text, step } = reply
      return { ok: false, why: 'crashed', message, crash: { message, stack, text, step } }
    }
    case 'ran':
    case 'drawn':
    case 'shown':
    case 'stopped-at':
    case 'stops-of':
    case 'events-of':
    case 'lanes-of':
    case 'walked':
    case 'inspected':
    case 'text':
    case 'chosen-from':
    case 'matrix-of':
    case 'compared':
    case 'compared-graphs':
    case 'previewed':
    case 'helped':
    case 'completed':
      return { ok: true, value: reply }
    default:
      return unreachable(reply)
  }
}

const ABOUT_NO_RUN: readonly Question['kind'][] = [
  'choices',
  'matrix',
  'compare',
  'compared-at',
  'preview',
  'help',
  'complete',
]

/** The others are answered whatever is run meanwhile. */
function isAboutAText({ kind }: Question): boolean {
  return !ABOUT_NO_RUN.includes(kind)
}

function failed(why: 'cancelled' | 'gone' | 'refused', message: string): Outcome<never> {
  return { ok: false, why, message }
}

function stale(message: string): Outcome<never> {
  return { ok: false, why: 'stale', message }
}

function narrowed<K extends Answer['kind']>(
  outcome: Outcome<Answer>,
  kind: K,
): Outcome<Extract<Answer, { kind: K }>> {
  if (!outcome.ok) return outcome
  if (isKind(outcome.value, kind)) return { ok: true, value: outcome.value }
  return failed('refused', `Expected ${kind}, got ${outcome.value.kind}.`)
}

function answers<Q extends InspectQuery>(query: Q, answer: InspectAnswer): answer is AnswerTo<Q> {
  return answer.what === query.what
}

function isKind<K extends Answer['kind']>(answer: Answer, kind: K): answer is Extract<Answer, { kind: K }> {
  return answer.kind === kind
}
