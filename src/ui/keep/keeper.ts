/**
 * Keeps a tab's text: a moment after it changed into the archive; when the page goes away first, as a
 * draft that the next page of any tab takes in. Where storage is forbidden or full the text lives on in
 * the page, and the state says so.
 */
import type { Archive } from './archive'
import type { Drafts } from './drafts'
import type { KeptDocument, Occasion } from './revision'
import type { TabDocument } from './tab-document'

export type Saved = 'saved' | 'saving' | 'forbidden' | 'full'

export interface KeeperOptions {
  /** Rejects where storage is forbidden. */
  readonly archive: () => Promise<Archive>
  readonly claim: () => Promise<TabDocument>
  readonly drafts: Drafts
  readonly onSaved: (saved: Saved) => void
  /** Of the text saved now. */
  readonly occasion: () => Occasion
  readonly now: () => number
}

const SAVE_AFTER_MS = 400
/** The page does not wait longer for what was kept. */
const START_WITHIN_MS = 1500

export class Keeper {
  readonly #options: KeeperOptions
  #archive: Archive | null = null
  #id: string | null = null
  #waiting: KeptDocument | null = null
  /** On its way into the archive, which a page that goes away does not wait for. */
  #storing: KeptDocument | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  /** Saves follow one another, so that an older text never overtakes a newer one. */
  #line: Promise<void> = Promise.resolve()

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** The text this tab left off with, else the newest of any tab, else null. Never rejects. */
  async start(): Promise<string | null> {
    const late = new Promise<null>(resolve => setTimeout(resolve, START_WITHIN_MS, null))
    const known = await Promise.race([this.#open(), late]).catch(() => null)
    if (this.#archive === null) this.#options.onSaved('forbidden')
    return known
  }

  /** For the history; null where nothing can be kept. */
  get archive(): Archive | null {
    return this.#archive
  }

  /** The text changed; it is saved shortly, and no later for being changed again. */
  changed(text: string): void {
    this.#waiting = { id: this.#id ?? '', text, time: this.#options.now() }
    this.#options.onSaved(this.#archive === null ? 'forbidden' : 'saving')
    this.#timer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS)
  }

  /** Saves at once what waits. */
  save(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const waiting = this.#waiting
    this.#waiting = null
    const occasion = this.#options.occasion()
    if (waiting !== null) {
      this.#storing = waiting
      this.#line = this.#line.then(() => this.#store(waiting, occasion))
    }
    return this.#line
  }

  /** The page may be gone the next moment: what the archive does not have yet is left where writing is immediate. */
  leave(): void {
    const unsaved = this.#waiting ?? this.#storing
    if (unsaved !== null && this.#id !== null) this.#options.drafts.leave({ ...unsaved, id: this.#id })
    void this.save()
  }

  async #open(): Promise<string | null> {
    const [archive, tab] = await Promise.all([this.#options.archive(), this.#options.claim()])
    this.#archive = archive
    this.#id = tab.id
    await this.#takeDrafts(archive, tab)
    const own = await archive.document(tab.id)
    if (own !== null) return own.text
    const origin =
      (tab.copyOf === null ? null : await archive.document(tab.copyOf)) ?? (await archive.newest())
    if (origin !== null) await archive.fork({ ...origin, id: tab.id })
    return origin?.text ?? null
  }

  /** A draft is dropped only when the archive has it. */
  async #takeDrafts(archive: Archive, tab: TabDocument): Promise<void> {
    for (const draft of this.#options.drafts.left()) {
      const taken = draft.id === '' ? { ...draft, id: tab.id, time: this.#options.now() } : draft
      const known = await archive.document(taken.id)
      if (known === null || known.time <= taken.time) await archive.save(taken, 'written')
      this.#options.drafts.drop(draft)
    }
  }

  async #store(document: KeptDocument, occasion: Occasion): Promise<void> {
    if (this.#archive === null || this.#id === null) return
    const own = { ...document, id: this.#id }
    const saved = await saveOrMakeRoom(this.#archive, own, occasion)
    this.#options.drafts.drop(own)
    if (this.#storing === document) this.#storing = null
    if (this.#waiting === null) this.#options.onSaved(saved)
  }
}

async function saveOrMakeRoom(archive: Archive, document: KeptDocument, occasion: Occasion): Promise<Saved> {
  const save = () => archive.save(document, occasion)
  try {
    await save().catch(error => (isFull(error) ? archive.makeRoom().then(save) : Promise.reject(error)))
    return 'saved'
  } catch (error) {
    return isFull(error) ? 'full' : 'forbidden'
  }
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}
