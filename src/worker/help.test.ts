import { describe, expect, it } from 'vitest'
import { completeReply, helpReply } from './help'
import { realEngine } from './real-engine'

describe('answers about words', () => {
  it('tell a word alone, and what stands at a place of a text', () => {
    const alone = helpReply(
      { kind: 'help', id: 4, dialect: null, about: { word: 'IOASID_ALLOC' } },
      realEngine,
    )
    expect(alone).toMatchObject({
      kind: 'helped',
      id: 4,
      help: { from: 0, to: 12, card: { kind: 'command' } },
    })
    const about = { text: '#policy unmap=exact', offset: 9 }
    const placed = helpReply({ kind: 'help', id: 5, dialect: null, about }, realEngine)
    expect(placed.help).toMatchObject({ from: 8, to: 13, card: { kind: 'knob', word: 'unmap' } })
    const nothing = helpReply({ kind: 'help', id: 6, dialect: null, about: { word: 'zzz' } }, realEngine)
    expect(nothing.help).toBeNull()
  })

  it('offer what may be typed, as plain data', () => {
    const reply = completeReply({ kind: 'complete', id: 7, dialect: null, text: '#', offset: 1 }, realEngine)
    expect(structuredClone(reply).completions).toMatchObject({ from: 1, to: 1 })
  })
})
