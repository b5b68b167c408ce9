import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Archive } from './archive'
import { draftsIn } from './drafts'
import { Keeper, type KeeperOptions, type Saved } from './keeper'

/** Local storage of one browser. */
function storage(): Storage {
  const values = new Map<string, string>()
  return {
    get length() {
      return values.size
    },
    key: i => [...values.keys()][i] ?? null,
    getItem: key => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: key => void values.delete(key),
    clear: () => values.clear(),
  }
}

let database = 0
let name = ''
let local = storage()
let said: Saved[] = []
let time = 0

beforeEach(() => {
  name = `keeper-${++database}`
  local = storage()
  said = []
  time = 1000
})
afterEach(() => {
  vi.useRealTimers()
})

function tab(id: string, options: Partial<KeeperOptions> = {}): Keeper {
  return new Keeper({
    archive: () => Archive.open(name),
    claim: async () => ({ id, copyOf: null }),
    drafts: draftsIn(() => local),
    onSaved: saved => said.push(saved),
    occasion: () => 'written',
    now: () => ++time,
    ...options,
  })
}

describe('a tab', () => {
  it('finds nothing on the first visit', async () => {
    expect(await tab('a').start()).toBeNull()
    expect(said).toEqual([])
  })

  it('finds its own text again', async () => {
    const before = tab('a')
    await before.start()
    before.changed('mine')
    await before.save()
    expect(said).toEqual(['saving', 'saved'])
    expect(await tab('a').start()).toBe('mine')
  })

  it('opened fresh starts with the newest text, and the two go separate ways', async () => {
    const one = tab('one')
    await one.start()
    one.changed('first')
    await one.save()
    const two = tab('two')
    expect(await two.start()).toBe('first')
    two.changed('second')
    await two.save()
    one.changed('first, longer')
    await one.save()
    expect(await tab('one').start()).toBe('first, longer')
    expect(await tab('two').start()).toBe('second')
    const kept = await two.archive?.revisions()
    expect(kept?.map(({ title }) => title)).toEqual(['first, longer', 'second', 'first'])
  })

  it('that only read keeps what it read, though the other tab goes on', async () => {
    const one = tab('one')
    await one.start()
    one.changed('early')
    await one.save()
    await tab('two').start()
    one.changed('late')
    await one.save()
    expect(await tab('two').start()).toBe('early')
  })

  it('duplicated from another goes on from its text, not from the newest', async () => {
    for (const [id, text] of [
      ['one', 'first'],
      ['other', 'newest'],
    ] as const) {
      const keeper = tab(id)
      await keeper.start()
      keeper.changed(text)
      await keeper.save()
    }
    expect(await tab('copy', { claim: async () => ({ id: 'copy', copyOf: 'one' }) }).start()).toBe('first')
  })
})

describe('saving', () => {
  it('happens by itself within a second, however long the typing goes on', async () => {
    const keeper = tab('a')
    await keeper.start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (let i = 0; i < 12; i++) {
      keeper.changed(`text ${i}`)
      vi.advanceTimersByTime(100)
    }
    vi.useRealTimers()
    await keeper.save()
    const kept = (await keeper.archive?.revisions()) ?? []
    expect(kept.map(({ title }) => title)).toEqual(['text 11', 'text 7', 'text 3'])
  })

  it('keeps at least a hundred states of one sitting', async () => {
    const keeper = tab('a')
    await keeper.start()
    for (let i = 0; i < 130; i++) {
      keeper.changed(`text ${i}`)
      await keeper.save()
    }
    expect(await keeper.archive?.revisions()).toHaveLength(130)
  })

  it('of an older text never overtakes a newer one', async () => {
    const keeper = tab('a')
    await keeper.start()
    keeper.changed('older')
    void keeper.save()
    keeper.changed('newer')
    await keeper.save()
    expect(await tab('a').start()).toBe('newer')
  })
})

describe('a page that goes away', () => {
  it('before its text is saved leaves a draft, which any next page takes in', async () => {
    // The archive hangs, as it does when the browser ends a page in the middle of a write.
    const stuck = tab('a')
    await stuck.start()
    vi.spyOn(Archive.prototype, 'save').mockReturnValueOnce(new Promise(() => {}))
    stuck.changed('in haste')
    stuck.leave()
    vi.restoreAllMocks()
    expect(local.length).toBe(1)
    expect(await tab('b').start()).toBe('in haste')
    expect(await tab('a').start()).toBe('in haste')
    expect(local.length).toBe(0)
  })

  it('in the middle of a save leaves a draft, too', async () => {
    const keeper = tab('a')
    await keeper.start()
    keeper.changed('on its way')
    const saved = keeper.save()
    keeper.leave()
    expect(local.getItem('ioas-playground:draft:a')).toContain('on its way')
    await saved
    expect(local.length).toBe(0)
  })

  it('leaves nothing behind once the text is saved', async () => {
    const keeper = tab('a')
    await keeper.start()
    keeper.changed('calm')
    keeper.leave()
    await keeper.save()
    expect(local.length).toBe(0)
    keeper.leave()
    expect(local.length).toBe(0)
  })

  it('leaves an older draft that does not undo a newer save', async () => {
    const keeper = tab('a')
    await keeper.start()
    keeper.changed('newer')
    await keeper.save()
    local.setItem('ioas-playground:draft:a', JSON.stringify({ text: 'older', time: 1 }))
    local.setItem('ioas-playground:draft:b', 'not a draft')
    expect(await tab('a').start()).toBe('newer')
  })
})

it('the text of an earlier version of the page moves over, once', async () => {
  local.setItem('ioas-playground:text', 'from before')
  local.setItem('ioas-playground:theme', 'dark')
  expect(await tab('a').start()).toBe('from before')
  expect(local.getItem('ioas-playground:text')).toBeNull()
  expect(local.getItem('ioas-playground:theme')).toBe('dark')
  expect(await tab('a').start()).toBe('from before')
})

describe('where storage is', () => {
  it('forbidden, the page starts and says so', async () => {
    const denied = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    const keeper = tab('a', { archive: async () => denied(), drafts: draftsIn(denied) })
    expect(await keeper.start()).toBeNull()
    keeper.changed('text')
    await keeper.save()
    keeper.leave()
    expect(new Set(said)).toEqual(new Set(['forbidden']))
    expect(keeper.archive).toBeNull()
  })

  it('full, older revisions make room; where that is not enough it says so', async () => {
    const keeper = tab('a')
    await keeper.start()
    for (let i = 0; i < 10; i++) {
      keeper.changed(`text ${i}`)
      await keeper.save()
    }
    const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
    const saving = vi.spyOn(Archive.prototype, 'save').mockImplementationOnce(full)
    keeper.changed('fits then')
    await keeper.save()
    expect(said.at(-1)).toBe('saved')
    expect(await keeper.archive?.revisions()).toHaveLength(6)
    saving.mockImplementation(full)
    keeper.changed('never fits')
    await keeper.save()
    expect(said.at(-1)).toBe('full')
    saving.mockRestore()
    keeper.changed('fits again')
    await keeper.save()
    expect(said.at(-1)).toBe('saved')
  })
})
