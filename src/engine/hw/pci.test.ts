import { describe, expect, it } from 'vitest'
import { formatRid, parsePciAddress, requesterIds, ridOf, vfRid } from './pci'

function rid(text: string): number {
  const address = parsePciAddress(text)
  if (address === null) throw new Error(text)
  return ridOf(address)
}

describe('requester ids (vector PCI-1)', () => {
  it.each([
    ['3a:1f.7', 0x3aff],
    ['00:03.0', 0x0018],
    ['00:1e.0', 0x00f0],
    ['0000:06:0d.0', 0x0668],
  ])('%s is %i', (text, expected) => {
    expect(rid(text)).toBe(expected)
    expect(formatRid(expected)).toBe(text.replace('0000:', ''))
  })

  it.each([
    [0, 0x3a80, '3a:10.0'],
    [1, 0x3a82, '3a:10.2'],
    [63, 0x3afe, '3a:1f.6'],
    [64, 0x3b00, '3b:00.0'],
  ])('VF%i of 3a:00.0, first offset 0x80, stride 2', (k, expected, text) => {
    const id = vfRid(rid('3a:00.0'), { firstOffset: 0x80, stride: 2, k })
    expect(id).toBe(expected)
    expect(formatRid(id)).toBe(text)
  })

  it('keeps the segment', () => {
    expect(parsePciAddress('00a1:03:00.1')).toEqual({ segment: 0xa1, bus: 3, device: 0, fn: 1 })
  })

  it.each(['', '3a:20.0', '3a:1f.8', '3a1f.7', 'zz:00.0', '0000:3a:1f.7 '])('refuses %j', text => {
    expect(parsePciAddress(text)).toBeNull()
  })
})

describe('ids added by bridges (vector PCI-1)', () => {
  const device = rid('06:0d.0')
  const bridge = { rid: rid('00:1e.0'), secondaryBus: 6 }

  it('a PCIe-to-PCI bridge adds its secondary bus, 00.0', () => {
    expect(requesterIds(device, [{ kind: 'pcie-to-pci', ...bridge }])).toEqual([0x0668, 0x0600])
  })

  it('a conventional bridge adds its own id', () => {
    expect(requesterIds(device, [{ kind: 'pci', ...bridge }])).toEqual([0x0668, 0x00f0])
  })

  it('a PCIe port adds nothing', () => {
    expect(requesterIds(device, [{ kind: 'pcie-port', ...bridge }])).toEqual([0x0668])
  })
})
