/**
 * The engine behind an endpoint: takes requests one at a time, runs texts in slices so that a cancel
 * is heard, and turns a broken invariant into a report that reproduces it.
 *
 * A run goes on with the machine of the run before it, as far as the texts do the same.
 *
 * Not modelled: running two texts at once. A newer `run` ends the older one.
 */
import type { Session } from '../engine'
import { autoSelection } from './auto-selection'
import { Comparing } from './compare'
import { Drawing, PLAIN_WISHES } from './drawing'
import type { Endpoint } from './endpoint'
import type { EnginePort, Running } from './engine-port'
import { completeReply, helpReply } from './help'
import { Looks } from './looks'
import { matrixReply } from './matrix'
import { type OutlineBuilder, stepsToLookAt } from './outline'
import { preview } from './preview'
import {
  type AsciiRequest,
  type ComparedAtRequest,
  type CompareRequest,
  type Drawn,
  type DrawRequest,
  EVENTS_AT_ONCE,
  type EventsRequest,
  type InspectRequest,
  type LanesRequest,
  type MailRequest,
  type MatrixRequest,
  PROTOCOL_VERSION,
  type PreviewRequest,
  type Question,
  type Reply,
  type Request,
  type RunReply,
  type RunRequest,
  type Search,
  type ShowReply,
  type ShowRequest,
  type StepQuestion,
  type WalkRequest,
} from './protocol'
import { type Pace, runTo, type Stop, stopsOf } from './search'
import { toldSince } from './since'
import { unreachable } from './unreachable'

export interface HostOptions<S extends Session> {
  readonly engine: EnginePort<S>
  /** Milliseconds since any fixed point. Only decides when to let messages in, never a result. */
  readonly now: () => number
  /** Calls back as a new task, after messages that already wait. */
  readonly yieldTo: (resume: () => void) => void
}

const SLICE_STEPS = 64
const SLICE_MS = 12
const OUTLINE_STEPS = 400
const OUTLINE_MS = 400

interface Kept<S extends Session> {
  readonly revision: number
  readonly limit: number
  readonly drawing: Drawing
  /** Another of the same text where the first gave its machine away. */
  session: S
  /** Under way while its text is run anew. */
  reviving: Promise<void> | null
}

export class Host<S extends Session> {
  readonly #endpoint: Endpoint
  readonly #options: HostOptions<S>
  #newest: Kept<S> | null = null
  #good: Kept<S> | null = null
  /** What was last shown, and the run last told of. */
  #told: ShowReply | null = null
  #toldRun: RunReply | null = null
  /** Id of the run under way; another value means that one was cancelled or overtaken. */
  #running: number | null = null
  /** Id of the newest matrix asked for; an older one ends. */
  #matrix = 0
  /** The same of comparisons, and the runs of the last one. */
  #comparison = 0
  readonly #comparing: Comparing<S>
  /** Ids of the newest search of each kind; an older one ends. */
  readonly #searching: Record<Search['kind'], number> = { 'run-to': 0, stops: 0 }

  constructor(endpoint: Endpoint, options: HostOptions<S>) {
    this.#endpoint = endpoint
    this.#options = options
    this.#comparing = new Comparing(options.engine)
    endpoint.addEventListener('message', event => this.#receive(event.data as Request))
    this.#send({ kind: 'ready', version: PROTOCOL_VERSION })
  }

  #send(reply: Reply): void {
    this.#endpoint.postMessage(reply)
  }

  #receive(request: Request): void {
    switch (request.kind) {
      case 'ping':
        this.#send({ kind: 'pong', id: request.id })
        return
      case 'cancel':
        if (this.#running === request.id) this.#running = null
        return
      case 'run':
        void this.#guard(request, request.text, () => this.#run(request))
        return
      case 'choices':
        this.#send({ kind: 'chosen-from', id: request.id, choices: this.#options.engine.choices() })
        return
      case 'compare':
        void this.#guard(request, request.text, () => this.#compare(request))
        return
      case 'compared-at':
        void this.#guard(request, '', async () => this.#comparedAt(request))
        return
      case 'matrix':
        void this.#guard(request, '', () => this.#compute(request))
        return
      case 'help':
        void this.#guard(request, '', async () => this.#send(helpReply(request, this.#options.engine)))
        return
      case 'complete':
        void this.#guard(request, request.text, async () =>
          this.#send(completeReply(request, this.#options.engine)),
        )
        return
      case 'preview':
        void this.#guard(request, request.text, () => this.#preview(request))
        return
      case 'draw':
        void this.#guard(request, '', async () => this.#draw(request))
        return
      case 'run-to':
      case 'stops':
        void this.#guard(request, '', () => this.#search(request))
        return
      case 'show':
      case 'events':
      case 'lanes':
      case 'walk':
      case 'inspect':
      case 'ascii':
      case 'mail':
        void this.#guard(request, '', () => this.#answer(request))
        return
      default:
        unreachable(request)
    }
  }

  /** The one place where our own bugs are caught. */
  async #guard(request: Question, text: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const kept = this.#newest
      const thrown = error instanceof Error ? error : new Error(String(error))
      if (request.kind === 'run' && this.#running === request.id) this.#running = null
      this.#send({
        kind: 'crashed',
        id: request.id,
        message: thrown.message,
        stack: thrown.stack ?? '',
        text: text || (kept?.session.text ?? ''),
        step: 'step' in request ? request.step : 0,
      })
    }
  }

  async #run(request: RunRequest): Promise<void> {
    this.#running = request.id
    const { running, taken } = this.#begin(request)
    const finished = await this.#advance(request, running)
    if (!finished) return this.#sayCancelled(request, running)
    const session = running.finish()
    const looks = taken?.drawing.looks?.upTo(running.shared) ?? new Looks()
    const drawing = await this.#drawing(session, request, looks)
    if (this.#running !== request.id) return this.#sayCancelled(request, running)
    this.#running = null
    const { revision, limit } = request
    this.#keep({ revision, limit, session, drawing, reviving: null })
    const shown = this.#standing(session, drawing, request)
    this.#tell(runReply(request, session, { ...drawnBy(drawing), shown }), request.since)
  }

  /** Goes on with the machine of a run kept here, as far as the text does the same; `taken` is that run. */
  #begin({ text, limit }: RunRequest): { running: Running<S>; taken: Kept<S> | null } {
    const { engine } = this.#options
    const isLive = (kept: Kept<S> | null) => kept !== null && engine.isLive(kept.session)
    const good = isLive(this.#good) ? this.#good : null
    const spare = this.#newest !== this.#good && isLive(this.#newest) ? this.#newest : null
    const earlier = { spare: spare?.session ?? null, good: good?.session ?? null }
    const running = engine.begin(text, limit, {}, earlier)
    return { running, taken: [spare, good].find(kept => kept !== null && !isLive(kept)) ?? null }
  }

  #sayCancelled({ id }: RunRequest, { done }: Running<S>): void {
    this.#send({ kind: 'cancelled', id, done })
  }

  #refuse(id: number, message: string): void {
    this.#send({ kind: 'refused', id, message })
  }

  #keep(kept: Kept<S>): void {
    this.#newest = kept
    if (!kept.session.diagnostics.some(d => d.severity === 'error')) this.#good = kept
  }

  /** False when the run was cancelled or a newer one began. */
  async #advance(request: RunRequest, running: Running<S>): Promise<boolean> {
    let sliceEnd = this.#options.now() + SLICE_MS
    for (;;) {
      if (running.advance(SLICE_STEPS)) return this.#running === request.id
      if (this.#options.now() < sliceEnd) continue
      this.#send({ kind: 'progress', id: request.id, revision: request.revision, done: running.done })
      await this.#letMessagesIn()
      if (this.#running !== request.id) return false
      sliceEnd = this.#options.now() + SLICE_MS
    }
  }

  async #drawing(session: S, { id, wishes = PLAIN_WISHES }: RunRequest, looks: Looks): Promise<Drawing> {
    const { engine, now } = this.#options
    const last = session.steps.length
    const isLong = last >= OUTLINE_STEPS
    const steps = stepsToLookAt(last, OUTLINE_STEPS).filter(step => isLong || step >= looks.next)
    const see = (step: number, seen: Pick<OutlineBuilder, 'add'>) => {
      session.seek(step)
      seen.add(engine.names(session), session.state(), step)
    }
    const end = now() + OUTLINE_MS
    let sliceEnd = now() + SLICE_MS
    for (const step of steps) {
      see(step, isLong ? looks.builder : looks)
      if (now() > end) break
      if (now() < sliceEnd) continue
      await this.#letMessagesIn()
      if (this.#running !== id) break
      sliceEnd = now() + SLICE_MS
    }
    if (looks.next > last) return new Drawing(looks, wishes)
    // Where time ran out, the last step matters most.
    see(last, looks.builder)
    return new Drawing(looks.builder, wishes)
  }

  #letMessagesIn(): Promise<void> {
    return new Promise(resolve => this.#options.yieldTo(resolve))
  }

  #find(revision: number): Kept<S> | null {
    if (this.#newest?.revision === revision) return this.#newest
    if (this.#good?.revision === revision) return this.#good
    return null
  }

  #draw(request: DrawRequest): void {
    const drawing = this.#kept(request)?.drawing
    if (drawing === undefined) return
    drawing.wish(request.wishes)
    const { id, revision } = request
    this.#send({ kind: 'drawn', id, revision, ...drawnBy(drawing) })
  }

  async #compare(request: CompareRequest): Promise<void> {
    this.#comparison = request.id
    const pause = async () => {
      await this.#letMessagesIn()
      return this.#comparison === request.id
    }
    this.#send(await this.#comparing.run(request, pause))
  }

  #comparedAt({ id, step }: ComparedAtRequest): void {
    this.#send({ kind: 'compared-graphs', id, graphs: this.#comparing.graphs(step) })
  }

  async #compute(request: MatrixRequest): Promise<void> {
    this.#matrix = request.id
    const pause = async () => {
      await this.#letMessagesIn()
      return this.#matrix === request.id
    }
    this.#send(await matrixReply(request, this.#options.engine, pause))
  }

  async #preview(request: PreviewRequest): Promise<void> {
    this.#send(await preview(request, this.#options.engine, () => this.#letMessagesIn()))
  }

  /** The session asked about; null, and said so, where it is not kept here. */
  #kept({ id, revision }: StepQuestion | Search | DrawRequest): Kept<S> | null {
    const kept = this.#find(revision)
    if (kept === null) this.#refuse(id, `No run of revision ${revision} is kept here.`)
    return kept
  }

  /** The same with a machine to stand on: one that a newer run went on with, and did not finish, is made again. */
  async #live(request: StepQuestion | Search): Promise<Kept<S> | null> {
    const kept = this.#kept(request)
    if (kept === null || this.#options.engine.isLive(kept.session)) return kept
    kept.reviving ??= this.#revive(kept)
    await kept.reviving
    kept.reviving = null
    return kept
  }

  async #revive(kept: Kept<S>): Promise<void> {
    const running = this.#options.engine.begin(kept.session.text, kept.limit)
    while (!running.advance(SLICE_STEPS)) await this.#letMessagesIn()
    kept.session = running.finish()
  }

  async #search(request: Search): Promise<void> {
    const session = (await this.#live(request))?.session ?? null
    if (session === null) return
    this.#searching[request.kind] = request.id
    const { engine } = this.#options
    const pace = this.#pace(() => this.#searching[request.kind] === request.id && engine.isLive(session))
    const found =
      request.kind === 'stops'
        ? await stopsOf(session, request.breakpoints, pace)
        : await runTo(session, request, pace)
    if (found === null) this.#refuse(request.id, 'A newer search took its place.')
    else this.#send(foundReply(request, found))
  }

  #pace(isWanted: () => boolean): Pace {
    const { now } = this.#options
    let sliceEnd = now() + SLICE_MS
    const pause = async () => {
      await this.#letMessagesIn()
      sliceEnd = now() + SLICE_MS
      return isWanted()
    }
    return { isDue: () => now() >= sliceEnd, pause }
  }

  async #answer(request: StepQuestion): Promise<void> {
    const kept = await this.#live(request)
    if (kept === null) return
    const { step } = request
    if (!Number.isInteger(step) || step < 0 || step > kept.session.steps.length) {
      this.#refuse(request.id, `Step ${step} is outside 0 to ${kept.session.steps.length}.`)
    } else {
      kept.session.seek(step)
      const reply = this.#reply(kept, request)
      if (reply.kind === 'shown' && request.kind === 'show') this.#tell(reply, request.since)
      else this.#send(reply)
    }
  }

  /** Only what is new, where the page says that it heard the last one. */
  #tell(answer: RunReply | ShowReply, heard: number | undefined): void {
    const base = answer.kind === 'ran' ? this.#toldRun : this.#told
    if (answer.kind === 'ran') this.#toldRun = answer
    this.#told = answer.kind === 'ran' ? answer.shown : answer
    const { kind: of, id } = answer
    if (base === null || heard !== base.id) this.#send(answer)
    else this.#send({ kind: 'since', of, id, since: base.id, told: toldSince(answer, base) })
  }

  #reply({ session, drawing }: Kept<S>, request: StepQuestion): Reply {
    switch (request.kind) {
      case 'show':
        return this.#show(session, drawing, request)
      case 'events':
        return this.#events(session, request)
      case 'lanes':
        return this.#lanes(session, request)
      case 'walk':
        return walk(session, request)
      case 'inspect':
        return this.#inspect(session, request)
      case 'ascii':
        return this.#ascii(session, request)
      case 'mail':
        return this.#mail(session, request)
      default:
        return unreachable(request)
    }
  }

  /** What the reader sees first of a run, so that it need not be asked for. */
  #standing(session: S, drawing: Drawing, { id, revision, stand }: RunRequest): ShowReply | null {
    if (stand === undefined) return null
    const last = session.steps.length
    const step = Math.max(0, Math.min(last, stand.step ?? last))
    session.seek(step)
    return this.#show(session, drawing, { kind: 'show', id, revision, step, selection: stand.selection })
  }

  #show(session: S, drawing: Drawing, request: ShowRequest): ShowReply {
    const { id, revision, step } = request
    const { engine } = this.#options
    const whole = engine.graph(session)
    const selection = request.selection ?? autoSelection(whole)
    const inspector = selection === null ? null : engine.inspector(session, selection)
    const state = session.state()
    const drawn = drawing.takeIn(whole, state) ? drawnBy(drawing) : null
    const graph = drawing.picture(whole)
    const all = step === 0 ? [] : engine.events(session, step)
    const events = { events: all.slice(0, EVENTS_AT_ONCE), eventCount: all.length }
    const cost = { cost: session.cost(step), costSum: session.costThrough(step) }
    const broken = session.steps[step - 1]?.rule ?? null
    const rule = broken === null ? null : engine.rule(broken)
    return {
      kind: 'shown',
      id,
      revision,
      step,
      graph,
      drawn,
      state,
      selection,
      inspector,
      ...events,
      rule,
      ...cost,
    }
  }

  #events(session: S, { id, revision, step, from, count }: EventsRequest): Reply {
    const rows = this.#options.engine.events(session, step).slice(from, from + count)
    return { kind: 'events-of', id, revision, step, from, rows }
  }

  #lanes(session: S, { id, revision, first, step }: LanesRequest): Reply {
    const lanes = this.#options.engine.lanes(session, Math.max(1, first), step)
    return { kind: 'lanes-of', id, revision, first, step, lanes }
  }

  #inspect(session: S, { id, revision, step, query }: InspectRequest): Reply {
    return { kind: 'inspected', id, revision, step, answer: this.#options.engine.inspect(session, query) }
  }

  #mail(session: S, { id, revision, link }: MailRequest): Reply {
    return { kind: 'text', id, revision, text: this.#options.engine.mail(session, link) }
  }

  #ascii(session: S, { id, revision }: AsciiRequest): Reply {
    const { engine } = this.#options
    return { kind: 'text', id, revision, text: engine.ascii(engine.graph(session)) }
  }
}

function drawnBy({ outline, layout }: Drawing): Drawn {
  return { outline, layout }
}

function runReply(
  { id, revision }: RunRequest,
  { scenario, diagnostics, assumptions, reading, steps, ok }: Session,
  drawn: Pick<RunReply, 'outline' | 'layout' | 'shown'>,
): RunReply {
  const said = { scenario, diagnostics, assumptions, reading, steps, ok }
  return { kind: 'ran', id, revision, ...said, ...drawn }
}

function foundReply({ id, revision }: Search, found: Stop | number[]): Reply {
  if (Array.isArray(found)) return { kind: 'stops-of', id, revision, steps: found }
  return { kind: 'stopped-at', id, revision, ...found }
}

function walk(session: Session, request: WalkRequest): Reply {
  const { id, revision, device, pasid, address, write, cached } = request
  return { kind: 'walked', id, revision, walk: session.walk({ device, pasid, address, write, cached }) }
}
