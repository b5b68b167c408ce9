import { describe, expect, it } from 'vitest'
import { editDistance, nearMisses } from './near-miss'

const COMMANDS = [
  'IOASID_ALLOC',
  'IOASID_FREE',
  'IOASID_CREATE_NESTING',
  'IOASID_MAP_DMA',
  'VFIO_ATTACH_IOASID',
  'VFIO_DETACH_IOASID',
  'IOASID_BIND_PASID_TABLE',
]

describe('edit distance', () => {
  it('counts inserts, deletes, replacements and swaps of neighbours', () => {
    expect(editDistance('kitten', 'sitting', 9)).toBe(3)
    expect(editDistance('ioctl', 'iotcl', 9)).toBe(1)
    expect(editDistance('', 'abc', 9)).toBe(3)
    expect(editDistance('same', 'same', 9)).toBe(0)
  })

  it('gives up past its limit', () => {
    expect(editDistance('abcdefgh', 'x', 2)).toBe(3)
  })
})

describe('near misses', () => {
  it('finds a slip of the fingers', () => {
    expect(nearMisses('IOASID_MAP_DAM', COMMANDS)[0]).toBe('IOASID_MAP_DMA')
    expect(nearMisses('iovva', ['iova', 'vaddr', 'size'])).toEqual(['iova'])
  })

  it('finds a sketched name by its parts', () => {
    expect(nearMisses('ATTACH_IOASID', COMMANDS)[0]).toBe('VFIO_ATTACH_IOASID')
    expect(nearMisses('CREATE_IOASID', COMMANDS)[0]).toBe('IOASID_ALLOC')
    expect(nearMisses('IOASID_DESTROY', COMMANDS)[0]).toBe('IOASID_FREE')
    expect(nearMisses('SET_PASID_TABLE', COMMANDS)[0]).toBe('IOASID_BIND_PASID_TABLE')
  })

  it('finds nothing for a word like none of them', () => {
    expect(nearMisses('banana', COMMANDS)).toEqual([])
    expect(nearMisses('x', ['a', 'b'])).toEqual([])
  })
})
