import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../../app/actions'
import { SCENARIOS } from '../../app/scenarios'
import { groupsOf } from '../keys/key-groups'
import { entriesFor } from './entries'
import { bestOf, fits } from './fuzzy'

const nothing = { outline: null, steps: [] }
const step = (n: number) => ({
  n,
  line: n,
  lines: [],
  expected: false,
  text: '',
  call: 'IOASID_MAP_DMA',
  ret: 0,
  errno: null,
  rule: null,
  message: null,
  out: null,
  label: { verb: 'MAP', object: `gpa 0x${n}000` },
})

describe('the palette', () => {
  it.each(ACTIONS)('finds $id by its title, its id and its other names', ({ id, title, aliases = [] }) => {
    expect(entriesFor(title, nothing)[0]).toMatchObject({ kind: 'command', title })
    for (const name of [id, ...aliases]) {
      expect(
        entriesFor(name, nothing)
          .slice(0, 6)
          .map(entry => entry.id),
      ).toContain(id)
    }
  })

  it('lists every command and flow before anything is typed', () => {
    const listed = entriesFor('', nothing).map(entry => entry.id)
    expect(listed).toEqual(expect.arrayContaining(ACTIONS.map(action => action.id).slice(0, 40)))
  })

  it.each(SCENARIOS)('finds $file by title, name and code', ({ file, title, code }) => {
    for (const name of [title, file.replace('.flow', ''), code ?? file]) {
      expect(entriesFor(name, nothing)[0]?.id, name).toBe(`scenario:${file}`)
    }
  })

  it('goes to steps and lines by number', () => {
    const steps = [step(1), step(2), step(3)]
    const titles = (query: string) =>
      entriesFor(query, { outline: null, steps })
        .filter(e => e.kind === 'place')
        .map(e => e.title)
    expect(titles('2')).toEqual(['Go to step 2', 'Go to line 2'])
    expect(titles('step 3')).toEqual(['Go to step 3'])
    expect(titles('line 30')).toEqual(['Go to line 30'])
    expect(titles(':30')).toEqual(['Go to line 30'])
    expect(titles('step 4')).toEqual([])
    expect(titles('0')).toEqual(['Go to step 0'])
  })

  it('finds steps by what they did and objects by name', () => {
    const node = {
      id: 'space:2',
      kind: 'space' as const,
      variant: 'kernel',
      title: 'giova_ioasid',
      subtitle: '',
      order: 7,
      inside: null,
      rows: [],
    }
    const outline = { nodes: [node], edges: [], memory: [], complete: true }
    const found = (query: string) => entriesFor(query, { outline, steps: [step(1), step(2)] })[0]?.id
    expect(found('giova')).toBe('object:space:2')
    expect(found('space giova_ioasid')).toBe('object:space:2')
    expect(found('map 0x2000')).toBe('step:2')
  })
})

describe('fitting', () => {
  it('takes words in any order, first letters, and nothing else', () => {
    expect(fits('theme dark', 'Dark theme')).toBeGreaterThan(0)
    expect(fits('gtl', 'Go to line')).toBeGreaterThan(0)
    expect(fits('stfo', 'Step forward')).toBeGreaterThan(0)
    expect(fits('theme', 'the same three levels')).toBe(0)
    expect(fits('xyz', 'Go to line')).toBe(0)
  })

  it('puts what is typed out first', () => {
    const items = ['Back to the flow', 'Step back', 'Back']
    expect(bestOf('back', items, item => [item])[0]).toBe('Back')
  })

  it('finds every text by any word of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (words, n) => {
          expect(fits(words[n % words.length] ?? '', words.join(' '))).toBeGreaterThan(0)
        },
      ),
      { seed: 20_210_527 },
    )
  })
})

describe('the list of keys', () => {
  it('has every command once, each under a heading of its own kind', () => {
    const groups = groupsOf(ACTIONS)
    expect(groups.flatMap(group => group.actions.map(action => action.id)).sort()).toEqual(
      ACTIONS.map(action => action.id).sort(),
    )
    expect(new Set(groups.map(group => group.title)).size).toBe(groups.length)
  })
})
