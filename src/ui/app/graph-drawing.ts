/** Keeps the drawing of the graph as the reader wants it: as large as the panel, with the bundles they opened. */
import type { Outcome } from '../../client/outcome'
import type { Wishes } from '../../worker/drawing'
import type { CanvasSize } from '../../worker/layout/types'
import type { Drawn, DrawReply, RunReply, ShowReply } from '../../worker/protocol'
import { runStore } from '../stores/run-store'
import { takeDrawn, takeShown, viewStore } from '../stores/view-store'
import { expectedCanvas } from './use-frame-sizes'

export interface DrawingAsks {
  readonly draw: (revision: number, wishes: Wishes) => Promise<Outcome<DrawReply>>
  /** Asks for the step again: which objects stand in bundles has changed. */
  readonly show: () => Promise<void>
}

const UNMEASURED: CanvasSize = { width: 540, height: 588 }

export class GraphDrawing {
  readonly #asks: DrawingAsks
  #canvas: CanvasSize | null = null
  #latest: { readonly revision: number; readonly drawn: Drawn } | null = null
  #asking = false
  #askAgain = false

  constructor(asks: DrawingAsks) {
    this.#asks = asks
  }

  /** Until the panel was measured (as an outline it never is) as large as it will be at first. */
  get wishes(): Wishes {
    const { opened } = viewStore.getState()
    return { canvas: this.#canvas ?? expectedCanvas() ?? UNMEASURED, opened }
  }

  /** Takes the drawing of the run shown, where it is not the one at hand. */
  takeRun({ revision, outline, layout }: RunReply): void {
    if (this.#latest?.revision !== revision) this.#latest = { revision, drawn: { outline, layout } }
    // The panel was measured after the run had been asked for.
    if (!this.#fits()) void this.#redraw()
  }

  takeShown(shown: ShowReply): void {
    if (shown.drawn !== null) this.#latest = { revision: shown.revision, drawn: shown.drawn }
    if (this.#latest !== null) takeShown(shown, this.#latest.drawn)
  }

  resize(canvas: CanvasSize): void {
    if (canvas.width === this.#canvas?.width && canvas.height === this.#canvas.height) return
    if (canvas.width === 0 || canvas.height === 0) return
    this.#canvas = canvas
    // A drawing that is under way is for the size before.
    if (this.#asking || !this.#fits()) void this.#redraw()
  }

  /** Whether the drawing at hand was made for the panel as it is. */
  #fits(): boolean {
    const [wished, drawn] = [this.wishes.canvas, this.#latest?.drawn.layout.canvas]
    return wished.width === drawn?.width && wished.height === drawn.height
  }

  /** Shows what a bundle holds. */
  open(bundle: string): void {
    viewStore.setState(({ opened }) => ({ opened: [...new Set([...opened, bundle])] }))
    void this.#redraw()
  }

  closeBundles(): void {
    viewStore.setState({ opened: [] })
    void this.#redraw()
  }

  /** Forgets what was moved and opened in the picture of another flow. */
  forget(): void {
    viewStore.setState({ viewport: null, opened: [] })
  }

  /** One question at a time; what changed meanwhile is asked once more. */
  async #redraw(): Promise<void> {
    const revision = runStore.getState().shown?.revision
    if (revision === undefined) return
    this.#askAgain = this.#asking
    if (this.#asking) return
    this.#asking = true
    const outcome = await this.#asks.draw(revision, this.wishes)
    this.#asking = false
    if (outcome.ok) await this.#take(outcome.value)
    // What came may be of a run that has been replaced since, or for another size.
    if (this.#askAgain || (outcome.ok && !this.#fits())) await this.#redraw()
  }

  async #take({ revision, outline, layout }: DrawReply): Promise<void> {
    if (revision !== runStore.getState().shown?.revision) return
    const before = this.#latest?.drawn.outline
    this.#latest = { revision, drawn: { outline, layout } }
    const sameObjects = before !== undefined && before.nodes.length === outline.nodes.length
    if (sameObjects && viewStore.getState().shown !== null) takeDrawn({ outline, layout })
    else await this.#asks.show()
  }
}
