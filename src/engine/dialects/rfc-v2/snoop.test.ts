/** The no-snoop table of v2 1.5: who decides whether DMA is coherent, and what it does to the bits of a table. */
import { describe, expect, it } from 'vitest'
import type { EventBody } from '../../trace/events'
import { V1 } from '../rfc-v1/fixture'
import { GIB, V2 } from './fixture'

const OFF = 0
const ON = 1
const AUTO = 2
const SNP = 1n << 11n

const devices = (noSnoop: boolean) => [{ name: 'dev1', noSnoop }]

interface Tried {
  readonly attached: string | null
  readonly coherent: boolean | null
  /** SNP of the leaf that the DMA walked. */
  readonly snp: boolean | null
}

/** Attaches dev1 to a space that says so of snooping, maps a page and reads it. */
function tried(iommu: boolean, device: boolean, enforce_snoop: number): Tried {
  const v2 = new V2({ devices: devices(device), params: { sc: iommu ? '1' : '0' } })
  const space = v2.alloc({ enforce_snoop })
  const { rule } = v2.attach(v2.fd1, space)
  if (rule !== null) return { attached: rule, coherent: null, snp: null }
  v2.map(space, 0n, GIB, 0x1000n)
  return { attached: null, ...readPage(v2) }
}

function readPage(bench: V1 | V2): { coherent: boolean | null; snp: boolean | null } {
  const events: EventBody[] = []
  bench.machine.events = { on: true, emit: event => events.push(event) }
  bench.read('dev1', 0n)
  const dma = events.find(event => event.kind === 'dma')
  const leaf = events.findLast(event => event.kind === 'reference')
  return { coherent: dma?.coherent ?? null, snp: leaf === undefined ? null : (leaf.value & SNP) !== 0n }
}

const ok = (coherent: boolean, snp: boolean): Tried => ({ attached: null, coherent, snp })
const REFUSED: Tried = { attached: 'attach.snoop', coherent: null, snp: null }

describe('snoop.boxes', () => {
  // IOMMU can enforce, device can do without; then what off, on and auto come to (v2 1.5).
  it.each([
    [1, true, true, ok(false, false), ok(true, true), ok(true, true)],
    [2, true, false, ok(true, false), ok(true, true), ok(true, true)],
    [3, false, true, ok(false, false), REFUSED, ok(false, false)],
    [4, false, false, ok(true, false), REFUSED, ok(true, false)],
  ] as const)('box %i: IOMMU %s, device %s', (_, iommu, device, off, on, auto) => {
    expect(tried(iommu, device, OFF)).toEqual(off)
    expect(tried(iommu, device, ON)).toEqual(on)
    expect(tried(iommu, device, AUTO)).toEqual(auto)
  })

  it.each([
    [true, false],
    [false, true],
  ])(
    'v1 has no word for it and enforces nothing: a device that can (%s) is coherent: %s',
    (can, coherent) => {
      const v1 = new V1({ devices: devices(can) })
      const space = v1.alloc()
      v1.attach(v1.fd1, space)
      v1.map(space, 0n, GIB, 0x1000n)
      expect(readPage(v1)).toEqual({ coherent, snp: false })
    },
  )

  it('PAPR cannot enforce: attach.snoop', () => {
    const v2 = new V2({ platform: 'papr' })
    expect(v2.attach(v2.fd1, v2.alloc({ enforce_snoop: ON }))).toMatchObject({
      rule: 'attach.snoop',
      errno: 'EINVAL',
    })
    expect(v2.ioctl(v2.ctx, 'IOMMU_DEVICE_GET_INFO', { cookie: 0x11 }).out).toMatchObject({
      enforce_snoop: 0,
      flags: 6n,
    })
  })

  it('the flag of the code series is on; alloc.snoop refuses other values', () => {
    const v2 = new V2({ devices: devices(true) })
    const space = v2.alloc({ flags: 1 })
    v2.attach(v2.fd1, space)
    v2.map(space, 0n, GIB, 0x1000n)
    expect(readPage(v2)).toEqual({ coherent: true, snp: true })
    expect(v2.ioctl(v2.ctx, 'IOMMU_IOASID_ALLOC', { enforce_snoop: 3 })).toMatchObject({
      rule: 'alloc.snoop',
      errno: 'EINVAL',
    })
  })

  it('a device moves from box 1 to 3 by its space, under one dummy that counts once (layout 9)', () => {
    const v2 = new V2({ devices: devices(true) })
    const dummy = v2.alloc({ type: 2 })
    v2.map(dummy, GIB, GIB, 0x4000n)
    const on = v2.alloc({ parent: dummy, enforce_snoop: ON })
    const off = v2.alloc({ parent: dummy, enforce_snoop: OFF })
    for (const space of [on, off]) v2.map(space, 0n, GIB, 0x1000n)
    v2.attach(v2.fd1, on)
    expect(readPage(v2)).toEqual({ coherent: true, snp: true })
    v2.detach(v2.fd1, on)
    v2.attach(v2.fd1, off)
    expect(readPage(v2)).toEqual({ coherent: false, snp: false })
    expect(v2.machine.root.accountedPages).toBe(4)
  })

  it('a table of the user snoops as the one below it does', () => {
    const v2 = new V2({ devices: devices(true) })
    const gpa = v2.alloc({ enforce_snoop: ON })
    v2.map(gpa, 0n, GIB, GIB)
    v2.attach(v2.fd1, gpa)
    v2.attach(v2.fd1, v2.alloc({ user_pgtable: 1, parent: gpa, addr: 0x3fff_f000 }))
    expect(readPage(v2).coherent).toBe(true)
  })
})
