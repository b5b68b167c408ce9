import { describe, expect, it } from 'vitest'
import { depths, stageWords, turnText } from './walk-rows'

const config = { stage: 'config', level: null } as const
const second = (level: number) => ({ stage: 'second', level }) as const
const first = (level: number) => ({ stage: 'first', level }) as const

describe('a walk as rows', () => {
  it('steps right one a level, after the configuration', () => {
    const walk = [config, config, second(3), second(2), second(1), second(0)]
    expect(depths(walk)).toEqual([0, 0, 1, 2, 3, 4])
    expect(stageWords(walk)).toBe('2 configuration, 4 second stage')
  })

  it('a nested walk begins again for each address of the guest, each time one further in', () => {
    const guest = [3, 2, 1, 0].flatMap(level => [second(1), second(0), first(level)])
    const walk = [...guest, second(1), second(0)]
    expect(depths(walk)).toEqual([0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5])
    expect(stageWords(walk)).toBe('4 first stage, 10 second stage')
  })

  it('says how an address comes out of the pointer before it', () => {
    expect(turnText({ from: { pointer: 0x10_4000n, offset: 16n, unit: 8 } })).toBe('0x10_4000 + index 2 x 8')
    expect(turnText({ from: { pointer: 0x8_0000n, offset: 0x300n, unit: 32 } })).toBe(
      '0x8_0000 + index 24 x 32',
    )
    expect(turnText({ from: { pointer: 0x8_0000n, offset: 12n, unit: 8 } })).toBe('0x8_0000 + 0xc')
    expect(turnText({ from: null })).toBeNull()
  })
})
