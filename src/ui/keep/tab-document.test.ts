import { describe, expect, it } from 'vitest'
import { claimDocument, randomId, sessionOf, type TabEnvironment } from './tab-document'

/** Locks of one browser: held until the page that took them is closed. */
function browser() {
  const held = new Set<string>()
  const open = (session: Map<string, string> | null) => {
    const own: string[] = []
    const request = (async (name: string, options: { signal: AbortSignal }, hold: () => void) => {
      while (held.has(name)) {
        if (options.signal.aborted) throw options.signal.reason
        await new Promise(resolve => setTimeout(resolve, 2))
      }
      held.add(name)
      own.push(name)
      hold()
    }) as unknown as LockManager['request']
    let made = 0
    const environment: TabEnvironment = {
      session: session && {
        getItem: key => session.get(key) ?? null,
        setItem: (key, value) => void session.set(key, value),
      },
      locks: { request },
      newId: () => `id-${held.size}-${++made}`,
      patienceMs: 30,
    }
    const close = () => {
      for (const name of own) held.delete(name)
    }
    return { environment, close }
  }
  return { open }
}

describe('the document of a tab', () => {
  it('is found again by a reload, even while the old page still lets go of it', async () => {
    const { open } = browser()
    const session = new Map<string, string>()
    const before = open(session)
    const { id } = await claimDocument(before.environment)
    setTimeout(before.close, 10)
    expect(await claimDocument(open(session).environment)).toEqual({ id, copyOf: null })
  })

  it('is another one in a fresh tab', async () => {
    const { open } = browser()
    const first = await claimDocument(open(new Map()).environment)
    const second = await claimDocument(open(new Map()).environment)
    expect(second.id).not.toBe(first.id)
    expect(second.copyOf).toBeNull()
  })

  it('is another one in a duplicated tab, which knows what it is a copy of', async () => {
    const { open } = browser()
    const session = new Map<string, string>()
    const first = await claimDocument(open(session).environment)
    const copied = new Map(session)
    const second = await claimDocument(open(copied).environment)
    expect(second.copyOf).toBe(first.id)
    expect(second.id).not.toBe(first.id)
    expect([...copied.values()]).toEqual([second.id])
  })

  it('is there without session storage and without locks', async () => {
    const { open } = browser()
    const nothing = { ...open(null).environment, locks: null }
    expect((await claimDocument(nothing)).copyOf).toBeNull()
    const forbidden = {
      get sessionStorage(): Storage {
        throw new DOMException('denied', 'SecurityError')
      },
    }
    expect(sessionOf(forbidden)).toBeNull()
  })

  it('has an id that does not repeat', () => {
    const ids = Array.from({ length: 100 }, randomId)
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })
})
