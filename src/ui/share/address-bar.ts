/**
 * Keeps the address bar at the link of what is shown, and opens the link the page is called with. The
 * entry in the browser's history is replaced, never added to: Back leaves the document.
 */
import type { Controller } from '../app/controller'
import { compareStore } from '../stores/compare-store'
import { dockStore } from '../stores/dock-store'
import { frameStore } from '../stores/frame-store'
import { inspectStore } from '../stores/inspect-store'
import { noteStore } from '../stores/note-store'
import { shareStore } from '../stores/share-store'
import { textStore } from '../stores/text-store'
import { viewStore } from '../stores/view-store'
import { type Asked, askedBy, pageAddress } from './address'
import { makeLink } from './codec'
import { type Followed, follow, returnTo } from './follow'
import { readView } from './view-fields'

/** Shorter than the 300 ms a reader may copy it in, and rarer than browsers allow (100 in 30 s). */
const WRITE_AFTER_MS = 180
/** In the entry's state: this page wrote the address, so a reload finds its text in the storage. */
const OWN = 'ioas-own-link'

export class AddressBar {
  readonly #controller: Controller
  #timer: ReturnType<typeof setTimeout> | null = null
  /** While a link is being followed, or a broken one is to be seen, the address stays as it is. */
  #held = false
  /** The address as this page last read or wrote it. */
  #seen = location.href

  constructor(controller: Controller) {
    this.#controller = controller
  }

  /** Follows what the page was called with, then keeps the address current. Call after the kept text is in place. */
  async start(): Promise<void> {
    await this.#arrive()
    textStore.subscribe((now, before) => now.text !== before.text && this.#textChanged())
    for (const store of [viewStore, inspectStore, dockStore, frameStore, compareStore, noteStore])
      store.subscribe(() => this.#changed())
    addEventListener('hashchange', () => void this.#arrive())
    addEventListener('pagehide', () => this.#timer !== null && void this.writeNow())
    this.#changed()
  }

  /** Opens a link out of a paste; the address follows. */
  async open(pasted: string): Promise<Followed> {
    const followed = await follow(this.#controller, pasted)
    if (followed.ok) this.#release()
    return followed
  }

  putBrokenAway(): void {
    shareStore.setState({ broken: null })
    this.#release()
  }

  /** The link of what is shown now, in the address bar and the store. Null where the text has none. */
  async writeNow(): Promise<string | null> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const { text } = textStore.getState()
    const page = pageAddress(location)
    if (text === '') return this.#show(null, null, page)
    const made = await makeLink(text, readView())
    return made.ok ? this.#show(`${page}#${made.link}`, null, page) : this.#show(null, made.message, page)
  }

  #show(address: string | null, problem: string | null, page: string): string | null {
    shareStore.setState({ address, problem })
    // Another address than the one left there was just typed or clicked: its event is on the way.
    if (this.#held || location.href !== this.#seen) return address
    replaceAddress(address ?? page)
    this.#seen = location.href
    return address
  }

  async #arrive(): Promise<void> {
    const asked = askedBy(location)
    this.#seen = location.href
    if (asked.kind === 'nothing') return
    if (isOwnReload()) return returnTo(this.#controller, location.href)
    await this.arriveBy(asked)
  }

  /** As if the page had been called with it: what is wrong is said above the graph. */
  async arriveBy(asked: Asked | string): Promise<void> {
    this.#held = true
    const followed = await follow(this.#controller, asked)
    if (followed.ok) this.#release()
    else shareStore.setState({ broken: followed.message })
  }

  #textChanged(): void {
    // Who writes on has seen what was wrong with the link, and wants one for what is written.
    if (shareStore.getState().broken !== null) this.putBrokenAway()
    else this.#changed()
  }

  #release(): void {
    this.#held = false
    shareStore.setState({ broken: null })
    this.#changed()
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => void this.writeNow(), WRITE_AFTER_MS)
  }
}

/** A reload of a page that wrote its own address: the kept text is at least as new, unless none is kept. */
function isOwnReload(): boolean {
  const [entry] = performance.getEntriesByType('navigation')
  const again = entry instanceof PerformanceNavigationTiming && entry.type !== 'navigate'
  return again && history.state === OWN && !textStore.getState().untouched
}

function replaceAddress(address: string): void {
  if (location.href === address && history.state === OWN) return
  try {
    history.replaceState(OWN, '', address)
  } catch {
    // Some browsers refuse more than so many changes in a time; the next change brings it up to date.
  }
}
