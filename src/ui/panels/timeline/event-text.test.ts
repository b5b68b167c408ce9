import { describe, expect, it } from 'vitest'
import type { MachineEvent } from '../../../engine'
import { eventText, plainText } from './event-text'

const at = { step: 1, sub: 0, seq: 1, actor: 'kernel' } as const

describe('events as rows', () => {
  it.each<[MachineEvent, string, string, string]>([
    [
      {
        ...at,
        kind: 'area-added',
        space: 2,
        first: 0x2000n,
        last: 0x2fffn,
        target: 0x4000_1000n,
        perm: 'rw',
        cause: 'map',
      },
      '+',
      'ioasid 2',
      '0x2000 .. 0x2fff -> 0x4000_1000 rw',
    ],
    [
      {
        ...at,
        kind: 'entries-written',
        table: 1,
        level: 0,
        hpa: 0x10_6010n,
        index: 2,
        count: 1,
        before: 0n,
        after: 0x1_4000_1003n,
        stride: 0n,
      },
      '+',
      'level 0 [2] @ 0x10_6010',
      '0x0000_0000_0000_0000 -> 0x0000_0001_4000_1003',
    ],
    [
      {
        ...at,
        kind: 'entries-written',
        table: 1,
        level: 0,
        hpa: 0x10_6000n,
        index: 0,
        count: 512,
        before: 3n,
        after: 0n,
        stride: 0n,
      },
      '-',
      'level 0 [0..511] @ 0x10_6000',
      '0x0000_0000_0000_0003 -> 0x0000_0000_0000_0000',
    ],
    [
      { ...at, kind: 'return', ret: -1, errno: 'EINVAL', rule: 'map.alignment', out: null },
      '!',
      '-EINVAL',
      'rule map.alignment, nothing changed',
    ],
    [
      { ...at, kind: 'charged', who: 'mm', delta: -512, total: 0, limit: 1024 },
      '~',
      'mm',
      '-512 pages, 0 now of 1,024',
    ],
    [
      { ...at, kind: 'routed', device: 'dev1', pasid: 5, from: null, to: 2, table: 1 },
      '~',
      'dev1 PASID 0x5',
      'none -> ioasid 2',
    ],
  ])('%o', (event, mark, object, detail) => {
    expect(eventText(event)).toEqual({ mark, object, detail })
  })

  it('small numbers are counts, larger ones addresses', () => {
    expect(plainText({ ioasid: 2n, iova: 0x2000n, flags: 'READ' })).toBe(
      '{ ioasid 2, iova 0x2000, flags READ }',
    )
    expect(plainText([-1n, null])).toBe('[-1, null]')
  })
})
