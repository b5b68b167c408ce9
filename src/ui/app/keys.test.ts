import { describe, expect, it } from 'vitest'
import { ACTIONS } from './actions'
import { actionFor, keyName } from './keys'

const plain = { ctrlKey: false, metaKey: false, altKey: false }

describe('keys', () => {
  it('every key belongs to one action', () => {
    const keys = ACTIONS.flatMap(action => action.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('single keys step, but not while typing', () => {
    expect(actionFor({ ...plain, key: 'j' }, false)?.id).toBe('step.forward')
    expect(actionFor({ ...plain, key: 'ArrowLeft' }, false)?.id).toBe('step.back')
    expect(actionFor({ ...plain, key: 'j' }, true)).toBeNull()
  })

  it('keys with a modifier work everywhere', () => {
    expect(actionFor({ ...plain, altKey: true, key: '.' }, true)?.id).toBe('step.forward')
    expect(keyName({ ...plain, metaKey: true, key: 'Enter' })).toBe('Ctrl+Enter')
  })
})
