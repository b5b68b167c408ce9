/**
 * A device does DMA: translate page by page as the transaction goes, move the bytes, stop at the first
 * fault. What was moved before a fault stays moved, as on a bus.
 *
 * Source: R1, R11. Not modelled: ATS, ordering, sizes of packets, peer-to-peer.
 */
import { hex } from '../bits'
import type { HwFault } from '../hw'
import type { Machine } from './machine'
import { translate } from './requests'
import type { DeviceRecord } from './state'

export interface DmaRequest {
  readonly device: DeviceRecord
  /** Bytes, any alignment. */
  readonly address: bigint
  readonly pasid: number | null
}

export type DmaOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `moved`: bytes that went through before the fault. */
  | { readonly ok: false; readonly fault: HwFault; readonly moved: number }

const PAGE_BYTES = 4096n

export function dmaWrite(machine: Machine, request: DmaRequest, bytes: Uint8Array): DmaOutcome {
  return transfer(machine, request, 'write', bytes)
}

export function dmaRead(machine: Machine, request: DmaRequest, length: number): DmaOutcome {
  return transfer(machine, request, 'read', new Uint8Array(length))
}

function transfer(
  machine: Machine,
  request: DmaRequest,
  access: 'read' | 'write',
  bytes: Uint8Array,
): DmaOutcome {
  const runs: { hpa: bigint; bytes: number }[] = []
  let stale = false
  ask(machine, request, access, bytes.length)
  for (let moved = 0; moved < bytes.length; ) {
    const address = request.address + BigInt(moved)
    const translated = translate(machine, { ...request, address, access, commit: true, cached: true })
    if (!translated.ok) {
      tell(machine, request.device, access, { bytes: moved, runs, stale })
      return { ok: false, fault: translated.fault, moved }
    }
    stale ||= translated.cache === 'stale-hit'
    const count = Math.min(bytes.length - moved, Number(PAGE_BYTES - (address % PAGE_BYTES)))
    move(machine, access, translated.output, bytes.subarray(moved, moved + count))
    runs.push({ hpa: BigInt(translated.output), bytes: count })
    moved += count
  }
  tell(machine, request.device, access, { bytes: bytes.length, runs, stale })
  return { ok: true, bytes }
}

function ask(machine: Machine, request: DmaRequest, access: 'read' | 'write', length: number): void {
  const { device, address, pasid } = request
  const tag = pasid === null ? '' : ` PASID ${hex(BigInt(pasid))}`
  const what = `${access} ${hex(address)}${tag}, ${length} ${length === 1 ? 'byte' : 'bytes'}`
  machine.emit({ kind: 'message', actor: 'device', to: 'iommu', what, ref: `${device.name}${tag}` })
}

function move(machine: Machine, access: 'read' | 'write', hpa: number, part: Uint8Array): void {
  const { memory } = machine.bulk
  if (access === 'write') memory.writeBytes(hpa, part)
  else part.set(memory.readBytes(hpa, part.length))
}

function tell(
  machine: Machine,
  device: DeviceRecord,
  access: 'read' | 'write',
  what: { bytes: number; runs: readonly { hpa: bigint; bytes: number }[]; stale: boolean },
): void {
  machine.emit({ kind: 'dma', actor: 'device', device: device.name, access, ...what })
}
