/**
 * Which document is this tab's. The id lies in the tab's session storage, so that a reload finds it. A
 * duplicated tab begins with a copy of that storage; a lock held while a page lives tells the two apart.
 *
 * Not modelled: telling duplicates apart where the browser has no Web Locks (pages not served securely).
 * Both then write one document; each state is still a revision of its own.
 */

export interface TabEnvironment {
  /** Null where the browser forbids it. */
  readonly session: TabStorage | null
  readonly locks: Pick<LockManager, 'request'> | null
  readonly newId: () => string
  /** How long a page being reloaded may hold on to its lock. */
  readonly patienceMs: number
}

type TabStorage = Pick<Storage, 'getItem' | 'setItem'>

export interface TabDocument {
  readonly id: string
  /** The document that this tab was duplicated from and must not write to. */
  readonly copyOf: string | null
}

const KEY = 'ioas-playground:document'

/** Finds or makes the tab's document and holds it for as long as the page lives. */
export async function claimDocument(environment: TabEnvironment): Promise<TabDocument> {
  const known = environment.session?.getItem(KEY) ?? null
  if (known !== null && (await isFree(known, environment))) return { id: known, copyOf: null }
  const id = environment.newId()
  await isFree(id, environment)
  environment.session?.setItem(KEY, id)
  return { id, copyOf: known }
}

/** Takes the lock, which nothing but the end of the page lets go of. */
function isFree(id: string, { locks, patienceMs }: TabEnvironment): Promise<boolean> {
  if (locks === null) return Promise.resolve(true)
  return new Promise(resolve => {
    const hold = () => {
      resolve(true)
      return new Promise<never>(() => {})
    }
    locks
      .request(`${KEY}:${id}`, { signal: AbortSignal.timeout(patienceMs) }, hold)
      .catch(() => resolve(false))
  })
}

/** Session storage, or null where reading the very name throws. */
export function sessionOf(scope: { readonly sessionStorage: Storage }): Storage | null {
  try {
    return scope.sessionStorage
  } catch {
    return null
  }
}

/** 128 random bits in hex; `randomUUID` exists only on pages served securely. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
