/**
 * PCI names: requester ids, the ids of virtual functions, and the ids under which DMA may arrive.
 *
 * Models PCI Express base specification 2.2.6.2 (requester id) and 9.2.1.2 (VF arithmetic), and the
 * aliases that bridges make. Groups are given by the flow (`group N`), not computed.
 * Not modelled: ACS capabilities, ARI, the walk over a real topology.
 */

export interface PciAddress {
  readonly segment: number
  readonly bus: number
  readonly device: number
  readonly fn: number
}

const ADDRESS = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/i

/** Reads `0000:3a:1f.7` or `3a:1f.7`; null for anything else. */
export function parsePciAddress(text: string): PciAddress | null {
  const [, segment, bus, device, fn] = ADDRESS.exec(text) ?? []
  if (bus === undefined || device === undefined || fn === undefined) return null
  const number = (digits: string) => Number.parseInt(digits, 16)
  return { segment: number(segment ?? '0'), bus: number(bus), device: number(device), fn: number(fn) }
}

/** Requester id: bus 15:8, device 7:3, function 2:0. */
export const ridOf = (address: PciAddress): number => (address.bus << 8) | (address.device << 3) | address.fn

/** `3a:1f.7`. */
export function formatRid(rid: number): string {
  const digits = (value: number) => value.toString(16).padStart(2, '0')
  return `${digits(rid >> 8)}:${digits((rid >> 3) & 0x1f)}.${rid & 7}`
}

/** Requester id of virtual function `k` (from 0) of a physical function; may carry into the bus number. */
export const vfRid = (pf: number, vf: { firstOffset: number; stride: number; k: number }): number =>
  (pf + vf.firstOffset + vf.k * vf.stride) & 0xffff

/** A bridge above a device, as far as it changes the requester id of DMA from below. */
export interface BridgeAbove {
  /** Only bridges to conventional PCI put an id of their own on DMA; PCIe ports and switches add none. */
  readonly kind: 'pcie-port' | 'pcie-to-pci' | 'pci'
  readonly rid: number
  readonly secondaryBus: number
}

/** The id a bridge adds to those an IOMMU may see, or null. */
function bridgeAlias(bridge: BridgeAbove): number | null {
  if (bridge.kind === 'pcie-to-pci') return bridge.secondaryBus << 8
  return bridge.kind === 'pci' ? bridge.rid : null
}

/** Every id under which a device's DMA may arrive: its own first, then those of the bridges upward. */
export function requesterIds(rid: number, bridges: readonly BridgeAbove[]): readonly number[] {
  const aliases = bridges.map(bridgeAlias).filter(alias => alias !== null)
  return [...new Set([rid, ...aliases])]
}
