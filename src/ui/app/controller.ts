/**
 * Ties the stores to the engine: a text is run a moment after it stopped changing, a step or a
 * selection is asked for at once. Answers to older texts and steps never reach the stores.
 */
import { EngineClient, type WorkerHandle } from '../../client/engine-client'
import type { Outcome } from '../../client/outcome'
import type { AnswerTo, InspectQuery } from '../../engine'
import type { ChoicesReply, PreviewReply, RunReply, Stand, TextReply, WalkReply } from '../../worker/protocol'
import type { Keeper } from '../keep/keeper'
import { setColumns } from '../stores/compare-store'
import { forgetEntry, inspectStore } from '../stores/inspect-store'
import { forgetNotes } from '../stores/note-store'
import { errorsOf, runStore, runToShow } from '../stores/run-store'
import { textStore } from '../stores/text-store'
import { type InspectorTab, viewStore } from '../stores/view-store'
import { AuthorText, type Opening } from './author-text'
import { GraphDrawing } from './graph-drawing'
import type { TextHistory } from './text-history'

/** What one text may run in the page; the command line goes further. */
export const STEP_LIMIT = 10_000
/** How long after a run the next begins: half as long as runs take, so that typing has the other half. */
const RUN_AFTER_MS = { least: 10, most: 120 }

export class Controller {
  readonly #client: EngineClient
  #runTimer: ReturnType<typeof setTimeout> | null = null
  #runAfter = RUN_AFTER_MS.most
  /** When the last run was answered; while one is under way, the future. */
  #ranAt = 0
  #hasRun = false
  #isDue = false

  readonly #text = new AuthorText({
    onChange: text => this.#changed(text),
    onReplace: () => void this.keeper.save(),
  })
  readonly keeper: Keeper
  /** How the graph is drawn. */
  readonly graph = new GraphDrawing({
    draw: (revision, wishes) => this.#client.draw(revision, wishes),
    show: () => this.#show(),
  })

  constructor(spawn: () => WorkerHandle, keeper: Keeper) {
    this.keeper = keeper
    this.#client = new EngineClient({
      spawn,
      onStatus: engine => runStore.setState({ engine }),
      onLoss: loss => runStore.setState({ loss, live: false }),
    })
  }

  /** Begins with the text that was kept, else with one to look at, which is not kept until it is changed. Runs nothing. */
  async start(example: string): Promise<void> {
    const kept = await this.keeper.start()
    this.#text.begin(kept ?? example, kept !== null)
  }

  /** Runs the text the page begins with, unless one has been run that it was called with. */
  runFirst(): void {
    if (!this.#hasRun) void this.run()
  }

  get history(): TextHistory {
    return this.#text.history
  }

  /** Takes a text in as the author's, saves it and runs it shortly. */
  edit(written: string): void {
    this.#text.edit(written)
  }

  /** The same in one step of the text's history: what a button or a drag does to the text. */
  change(text: string): void {
    this.#text.change(text)
  }

  /** Opens a text over the author's, which undo, `restoreText` and the history of the page bring back. */
  open(text: string, by: Opening): void {
    this.graph.forget()
    forgetNotes()
    setColumns(null)
    this.#text.open(text, by)
  }

  restoreText(): void {
    this.#text.restore()
  }

  undo(): void {
    this.#text.undo()
  }

  redo(): void {
    this.#text.redo()
  }

  #changed(text: string): void {
    this.keeper.changed(text)
    if (this.#runTimer !== null) clearTimeout(this.#runTimer)
    const wait = this.#runAfter - Math.max(0, performance.now() - this.#ranAt)
    if (wait > 0) this.#runTimer = setTimeout(() => void this.run(), wait)
    else this.#runNow()
  }

  /** Once whatever changed the text is done with it: the engine runs it while the page paints it. */
  #runNow(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      if (this.#isDue) void this.run()
    })
  }

  /** Runs the text as it stands; also what `Run again` does. */
  async run(): Promise<void> {
    if (this.#runTimer !== null) clearTimeout(this.#runTimer)
    this.#runTimer = null
    this.#isDue = false
    this.#hasRun = true
    const { text, revision } = textStore.getState()
    const began = performance.now()
    const stand = standing()
    this.#ranAt = Number.POSITIVE_INFINITY
    const outcome = await this.#client.run(revision, text, STEP_LIMIT, { wishes: this.graph.wishes, stand })
    this.#ranAt = performance.now()
    const took = this.#ranAt - began
    this.#runAfter = Math.max(RUN_AFTER_MS.least, Math.min(RUN_AFTER_MS.most, took / 2))
    if (outcome.ok) await this.#takeRun(outcome.value, stand)
    else this.#takeFailure(outcome)
  }

  /** The engine itself, for questions that belong to one panel. */
  get engine(): EngineClient {
    return this.#client
  }

  stop(): void {
    this.#client.stop()
  }

  /** Stands at a step, kept inside the run shown. */
  async goTo(step: number, { keepEntry = false } = {}): Promise<void> {
    const { shown, live } = runStore.getState()
    // Without its engine the page stays where it is; the notice says how to go on.
    if (!live) return
    const last = shown?.steps.length ?? 0
    const to = Math.max(0, Math.min(last, Math.round(step)))
    viewStore.setState({ step: to, atEnd: to === last, refusalPutAway: null })
    if (!keepEntry) forgetEntry()
    await this.#show()
  }

  /** Chooses an object and stays with it; null follows the steps again. */
  async select(selection: string | null): Promise<void> {
    const { step } = viewStore.getState()
    viewStore.setState({ selection, refusalPutAway: selection === null ? null : step })
    forgetEntry()
    inspectStore.setState({ chosen: null, question: {} })
    await this.#show()
  }

  openTab(tab: InspectorTab): void {
    viewStore.setState({ tab })
    inspectStore.setState({ chosen: null })
  }

  /** One question of the inspector about the step that is shown. */
  inspect<Q extends InspectQuery>(query: Q): Promise<Outcome<AnswerTo<Q>>> {
    const { shown } = viewStore.getState()
    return this.#client.inspect({ revision: shown?.revision ?? -1, step: shown?.step ?? 0, query })
  }

  /** Goes to a step that changed the value chosen; the object and the entry at hand stay. */
  async goToChange(which: 'previous' | 'next' | 'last' | 'first'): Promise<void> {
    const { changes } = inspectStore.getState()
    const { shown, step } = viewStore.getState()
    const wanted = which === 'previous' && changes?.last !== step ? 'last' : which
    const to = changes?.[wanted] ?? null
    if (to === null || shown === null) return
    viewStore.setState({ selection: shown.selection })
    await this.goTo(to, { keepEntry: true })
    viewStore.setState({ refusalPutAway: to })
  }

  /** Translates at the step shown, changing nothing. */
  walk(question: {
    device: string
    pasid: number | null
    address: bigint
    write: boolean
    cached: boolean
  }): Promise<Outcome<WalkReply>> {
    const revision = runStore.getState().shown?.revision ?? -1
    return this.#client.walk({ revision, step: viewStore.getState().step, ...question })
  }

  /** The flow at the step shown as a block for mail, with a link as its last line. */
  mail(link: string): Promise<Outcome<TextReply>> {
    const revision = runStore.getState().shown?.revision ?? -1
    return this.#client.mail({ revision, step: viewStore.getState().step, link })
  }

  /** What dialect, platform and policy may be. */
  choices(): Promise<Outcome<ChoicesReply>> {
    return this.#client.choices()
  }

  /** What a text comes to at its fullest; the run at hand stays. */
  preview(text: string): Promise<Outcome<PreviewReply>> {
    return this.#client.preview(text, STEP_LIMIT)
  }

  putNoticeAway(): void {
    runStore.setState({ loss: null, crash: null, stopped: null })
    textStore.setState({ opened: null, problem: null })
  }

  async #takeRun(newest: RunReply, asked: Stand): Promise<void> {
    const good = errorsOf(newest).length === 0 ? newest : runStore.getState().good
    const shown = runToShow(newest, good)
    runStore.setState({ newest, good, shown, live: true, loss: null, crash: null, stopped: null })
    this.graph.takeRun(shown)
    const { atEnd, step } = viewStore.getState()
    const last = shown.steps.length
    viewStore.setState({ step: atEnd ? last : Math.min(step, last) })
    const now = standing()
    const stayed = now.step === asked.step && now.selection === asked.selection
    if (stayed && shown === newest && newest.shown !== null) this.graph.takeShown(newest.shown)
    else await this.#show()
  }

  async #show(): Promise<void> {
    const { shown, live } = runStore.getState()
    if (shown === null || !live) return
    const { step, selection } = viewStore.getState()
    const outcome = await this.#client.show({ revision: shown.revision, step, selection })
    if (!outcome.ok) return this.#takeFailure(outcome)
    const now = runStore.getState().shown
    if (outcome.value.revision === now?.revision) this.graph.takeShown(outcome.value)
  }

  #takeFailure(outcome: Extract<Outcome<never>, { ok: false }>): void {
    if (outcome.why === 'crashed') runStore.setState({ crash: outcome.crash })
    if (outcome.why === 'cancelled') runStore.setState({ stopped: outcome.message })
  }
}

/** Where the reader stands, in any run. */
function standing(): Stand {
  const { step, atEnd, selection } = viewStore.getState()
  return { step: atEnd ? null : step, selection }
}
