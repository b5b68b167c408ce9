import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_KEYS, keysStore, readChoices } from '../stores/keys-store'
import { ACTIONS, action, tooltip } from './actions'
import { isSingleKey, keyName, keyNames, keyShown } from './key-names'
import { actionFor } from './keys'

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: '' }
const press = (key: string, more: Partial<typeof plain> = {}) => ({ ...plain, key, ...more })

afterEach(() => keysStore.setState(DEFAULT_KEYS))

describe('keys', () => {
  it('every key and every id belongs to one action', () => {
    const keys = ACTIONS.flatMap(row => row.keys)
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
    const ids = ACTIONS.map(row => row.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('single keys step, but not while typing', () => {
    expect(actionFor(press('j'), false)?.id).toBe('step.forward')
    expect(actionFor(press('ArrowLeft'), false)?.id).toBe('step.back')
    expect(actionFor(press('j'), true)).toBeNull()
    expect(actionFor(press('?', { shiftKey: true }), false)?.id).toBe('keys.open')
  })

  it('keys with a modifier work everywhere', () => {
    expect(actionFor(press('.', { altKey: true }), true)?.id).toBe('step.forward')
    expect(keyName(press('Enter', { metaKey: true }))).toBe('Ctrl+Enter')
    expect(actionFor(press('P', { ctrlKey: true, shiftKey: true }), true)?.id).toBe('palette.open')
  })

  it('are found on a keyboard that types another script', () => {
    expect(actionFor(press('л', { ctrlKey: true, code: 'KeyK' }), true)?.id).toBe('palette.open')
    expect(actionFor(press('†', { altKey: true, code: 'KeyT' }), false)?.id).toBe('theme.next')
  })

  it.each([
    ['?', { shiftKey: true }, '?'],
    ['N', { shiftKey: true }, 'N'],
    ['F8', { shiftKey: true }, 'Shift+F8'],
    ['Home', {}, 'Home'],
    ['P', { ctrlKey: true, shiftKey: true }, 'Ctrl+Shift+p'],
    ['+', { ctrlKey: true }, 'Ctrl++'],
  ])('%s with %o is %s', (key, more, name) => expect(keyName(press(key, more))).toBe(name))

  it('are named by place too', () => {
    expect(keyNames(press('б', { code: 'Comma' }))).toEqual(['б', '@Comma'])
    expect(keyNames(press('+', { ctrlKey: true, code: 'Equal' }))).toEqual(['Ctrl++', 'Ctrl+@Equal'])
    expect(keyShown('@Comma')).toBe(',')
    expect(keyShown('Ctrl+Shift+p')).toBe('Ctrl+Shift+P')
    expect(keyShown('ArrowLeft')).toBe('Left')
    expect(keyShown('j')).toBe('j')
  })
})

describe("the reader's choices", () => {
  it('switch single keys off and leave the others', () => {
    keysStore.setState({ singleKeys: false, own: {} })
    for (const row of ACTIONS) {
      for (const key of row.keys.filter(isSingleKey)) expect(actionFor(press(key), false)).toBeNull()
    }
    expect(actionFor(press('ArrowLeft'), false)?.id).toBe('step.back')
  })

  it('give an action other keys, and tooltips tell them', () => {
    keysStore.setState({ singleKeys: true, own: { 'step.forward': ['Alt+n'] } })
    expect(actionFor(press('j'), false)).toBeNull()
    expect(actionFor(press('n', { altKey: true }), true)?.id).toBe('step.forward')
    expect(tooltip('step.forward')).toBe(`${action('step.forward').title} (Alt+N)`)
  })

  it('are read back, and nothing else is believed', () => {
    const kept = { singleKeys: false, own: { 'step.back': ['h'] } }
    expect(readChoices(JSON.stringify(kept))).toEqual(kept)
    expect(readChoices('{"singleKeys":false,"own":{"a":"b"}}')).toEqual({ singleKeys: false, own: {} })
    for (const broken of [null, '', '{', '[]', '7', '{"own":3}']) {
      expect(readChoices(broken)).toEqual(DEFAULT_KEYS)
    }
  })
})
