import { describe, expect, it } from 'vitest'
import type { Breakpoint } from '../../../engine'
import { breakpointOf } from './breakpoint-form'

describe('what is typed as a breakpoint', () => {
  it.each<[Breakpoint['kind'], string, string | number]>([
    ['line', ' 28 ', 28],
    ['errno', '-einval', 'EINVAL'],
    ['command', 'IOASID_MAP_DMA', 'IOASID_MAP_DMA'],
    ['iova', '0x2000', '0x2000'],
    ['iova', '8192', '0x2000'],
    ['iova', '0x2000..0x2fff', '0x2000..0x2fff'],
    ['hva', '0x4000_0000 .. 0x4000_0fff', '0x40000000..0x40000fff'],
    ['iova', '0x2000-0x2fff', '0x2000..0x2fff'],
    ['iova', '0x2000+0x1000', '0x2000..0x2fff'],
    ['iova', '0xffff_ffff_ffff_f000+0x1000', '0xfffffffffffff000..0xffffffffffffffff'],
  ])('%s %s', (kind, typed, value) => expect(breakpointOf(kind, typed)).toEqual({ kind, value }))

  it.each<[Breakpoint['kind'], string]>([
    ['line', '0'],
    ['line', 'x'],
    ['errno', 'oops'],
    ['command', ''],
    ['object', ''],
    ['iova', ''],
    ['iova', '0x3000..0x2000'],
    ['iova', '0x2000+0'],
    ['hva', 'gpa'],
    ['hva', '0xffff_ffff_ffff_f000+0x1001'],
  ])('refuses %s "%s" and says why', (kind, typed) => {
    expect(breakpointOf(kind, typed)).toEqual({ problem: expect.any(String) })
  })
})
