import { describe, expect, it } from 'vitest'
import { TextHistory } from './text-history'

describe('undo while no editor is there', () => {
  it('goes back and forth through the texts that gave way', () => {
    const history = new TextHistory()
    history.replaced('a')
    history.replaced('b')
    expect(history.undo('c')).toBe('b')
    expect(history.undo('b')).toBe('a')
    expect(history.undo('a')).toBeNull()
    expect(history.redo('a')).toBe('b')
    expect(history.redo('b')).toBe('c')
    expect(history.redo('c')).toBeNull()
  })

  it('forgets what was undone once another text comes', () => {
    const history = new TextHistory()
    history.replaced('a')
    history.undo('b')
    history.replaced('a')
    expect(history.redo('c')).toBeNull()
  })

  it("is the editor's once handed over, oldest first", () => {
    const history = new TextHistory()
    history.replaced('a')
    history.replaced('b')
    expect(history.handOver('c')).toEqual({ editorState: null, texts: ['a', 'b', 'c'] })
    expect(history.undo('c')).toBeNull()
  })

  it('gives the next editor what the last one left', () => {
    const history = new TextHistory()
    const left = { doc: 'a' }
    history.takeBack(left)
    history.replaced('a')
    expect(history.handOver('b')).toEqual({ editorState: left, texts: ['a', 'b'] })
  })

  it("puts the author's text below a link that was opened first, unless an editor already runs", () => {
    const history = new TextHistory()
    history.replaced('')
    history.began('mine')
    expect(history.handOver('linked').texts).toEqual(['mine', '', 'linked'])
    history.began('late')
    history.takeBack({})
    history.began('later')
    expect(history.handOver('linked').texts).toEqual(['linked'])
  })
})
