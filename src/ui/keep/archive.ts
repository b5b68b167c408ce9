/**
 * Documents and their revisions in IndexedDB. A document is one tab's text; a revision is a state of
 * it that was saved. Lists carry no texts, so that a long history opens at once.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { firstChange, type KeptDocument, type Occasion, type Revision, titleOf } from './revision'
import { superfluous } from './thinning'

interface Schema extends DBSchema {
  documents: { key: string; value: KeptDocument; indexes: { time: number } }
  revisions: { key: number; value: Revision; indexes: { document: string } }
  /** Texts of revisions, by their `n`. */
  texts: { key: number; value: string }
}

type Stores = ['documents', 'revisions', 'texts']
type Writing = IDBPTransaction<Schema, Stores, 'readwrite'>
const STORES: Stores = ['documents', 'revisions', 'texts']

const DATABASE = 'ioas-playground'
const VERSION = 1
/** Of other tabs, for one that starts fresh; each is also in the revisions. */
const DOCUMENTS_KEPT = 50
/** Thinning reads the whole list, so it waits for some to gather. */
const THIN_EVERY = 16

export class Archive {
  readonly #db: IDBPDatabase<Schema>

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db
  }

  /** Rejects where the browser forbids storage. */
  static async open(name: string = DATABASE): Promise<Archive> {
    const db = await openDB<Schema>(name, VERSION, {
      upgrade: created => {
        created.createObjectStore('documents', { keyPath: 'id' }).createIndex('time', 'time')
        created.createObjectStore('revisions', { keyPath: 'n' }).createIndex('document', 'document')
        created.createObjectStore('texts')
      },
      // A newer page wants to change the database: it may.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase | null)?.close(),
    })
    return new Archive(db)
  }

  async document(id: string): Promise<KeptDocument | null> {
    return (await this.#db.get('documents', id)) ?? null
  }

  /** The one changed last, in whatever tab. */
  async newest(): Promise<KeptDocument | null> {
    const cursor = await this.#db.transaction('documents').store.index('time').openCursor(null, 'prev')
    return cursor?.value ?? null
  }

  /** Keeps the document as it stands, and the state as a revision unless it is the one kept last. */
  async save(document: KeptDocument, occasion: Occasion): Promise<void> {
    const writing = this.#db.transaction(STORES, 'readwrite')
    void writing.objectStore('documents').put(document)
    const n = await addRevision(writing, document, occasion)
    if (n !== null && n % THIN_EVERY === 0) await thin(writing, document.time)
    await writing.done
  }

  /** Keeps the document alone: a tab that has only read another's text so far. */
  async fork(document: KeptDocument): Promise<void> {
    await this.#db.put('documents', document)
  }

  /** Newest first. */
  async revisions(): Promise<readonly Revision[]> {
    return (await this.#db.getAll('revisions')).reverse()
  }

  /** The text of a revision, or null where it is no longer kept. */
  async text(n: number): Promise<string | null> {
    return (await this.#db.get('texts', n)) ?? null
  }

  /** Frees the older half of the revisions: the way out when there is no more room. */
  async makeRoom(): Promise<void> {
    const writing = this.#db.transaction(STORES, 'readwrite')
    const keys = await writing.objectStore('revisions').getAllKeys()
    drop(writing, keys.slice(0, Math.ceil(keys.length / 2)))
    await writing.done
  }

  close(): void {
    this.#db.close()
  }
}

/** Its number, or null where the text is already the last revision of its document. */
async function addRevision(
  writing: Writing,
  document: KeptDocument,
  occasion: Occasion,
): Promise<number | null> {
  const { id, text, time } = document
  const revisions = writing.objectStore('revisions')
  const texts = writing.objectStore('texts')
  const own = await revisions.index('document').openKeyCursor(id, 'prev')
  const before = own === null ? null : ((await texts.get(own.primaryKey)) ?? null)
  if (before === text || (before === null && text === '')) return null
  const n = 1 + ((await revisions.openKeyCursor(null, 'prev'))?.primaryKey ?? 0)
  const changed = before === null ? null : firstChange(before, text)
  void revisions.add({ n, document: id, time, occasion, title: titleOf(text), chars: text.length, changed })
  void texts.add(text, n)
  return n
}

async function thin(writing: Writing, now: number): Promise<void> {
  drop(writing, superfluous(await writing.objectStore('revisions').getAll(), now))
  const documents = writing.objectStore('documents')
  const byAge = await documents.index('time').getAllKeys()
  for (const id of byAge.slice(0, Math.max(0, byAge.length - DOCUMENTS_KEPT))) void documents.delete(id)
}

function drop(writing: Writing, numbers: readonly number[]): void {
  for (const n of numbers) {
    void writing.objectStore('revisions').delete(n)
    void writing.objectStore('texts').delete(n)
  }
}
