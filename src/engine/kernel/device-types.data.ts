/**
 * The eight kinds of device that the second proposal tells apart by how PASIDs reach the wire.
 *
 * Source: v2 1.4 (the table, and the text where the two differ), R26.
 */

/** Where the PASID on the wire (pPASID) comes from. */
export type PasidSource =
  /** The device has no PASIDs for its user. */
  | 'none'
  /** It is the guest's own number. */
  | 'guest'
  /** The lowest free number of the requester id that the device shares with its parent. */
  | 'rid-pool'
  /** One pool for the machine: every such device of a VM shares the number of one vPASID. */
  | 'global-pool'

export interface DeviceType {
  readonly type: number
  readonly host: 'pci' | 'mdev' | 'swmdev'
  /** Attachments with a PASID of the user's are possible. */
  readonly userPasids: boolean
  /** The PASID table is the user's: PASIDs are never told to the kernel. */
  readonly delegated: boolean
  readonly source: PasidSource
  /** Takes work by DMWr, so that a guest can submit with ENQCMD. */
  readonly enqcmd: boolean
}

export const DEVICE_TYPES: readonly DeviceType[] = [
  { type: 1, host: 'pci', userPasids: false, delegated: false, source: 'none', enqcmd: false },
  { type: 2, host: 'swmdev', userPasids: false, delegated: false, source: 'none', enqcmd: false },
  { type: 3, host: 'mdev', userPasids: false, delegated: false, source: 'none', enqcmd: false },
  { type: 4, host: 'pci', userPasids: true, delegated: true, source: 'guest', enqcmd: false },
  { type: 5, host: 'pci', userPasids: true, delegated: false, source: 'guest', enqcmd: false },
  { type: 6, host: 'mdev', userPasids: true, delegated: false, source: 'rid-pool', enqcmd: false },
  { type: 7, host: 'pci', userPasids: true, delegated: false, source: 'guest', enqcmd: true },
  { type: 8, host: 'mdev', userPasids: true, delegated: false, source: 'global-pool', enqcmd: true },
]

/** The type of a device that no directive gives one: the plainest that has what it has. */
export function plainestType(host: DeviceType['host'], hasPasids: boolean): number {
  if (host === 'swmdev') return 2
  if (host === 'mdev') return hasPasids ? 6 : 3
  return hasPasids ? 5 : 1
}

export function deviceType(type: number): DeviceType {
  const found = DEVICE_TYPES.find(one => one.type === type)
  if (found === undefined) throw new Error(`no device type ${type}`)
  return found
}

/** What a device says of its PASIDs when it is asked (VFIO_DEVICE_INFO_CAP_PASID); null: it has none for a user. */
export interface PasidReport {
  readonly delegated: boolean
  /** The processor may carry vPASIDs, by ENQCMD. */
  readonly cpu: boolean
  /** It must translate them first. */
  readonly cpuVirt: boolean
}

export function pasidReport({ userPasids, delegated, enqcmd, source }: DeviceType): PasidReport | null {
  return userPasids ? { delegated, cpu: enqcmd, cpuVirt: enqcmd && source === 'global-pool' } : null
}
