/**
 * A device does DMA: translate page by page as the transaction goes, move the bytes, stop at the first
 * fault. What was moved before a fault stays moved, as on a bus. A device that can ask for pages asks, and
 * the transfer waits for the answer.
 *
 * Source: R1, R11, R38; rfc 6. Not modelled: ATS, ordering, sizes of packets, peer-to-peer.
 */
import { hex } from '../bits'
import type { Machine } from './machine'
import { askForPage } from './page-faults'
import { translate, wireOf } from './requests'
import { routedTo } from './routing'
import { isCoherent, snoopBox } from './snoop'
import type { DeviceRecord, DmaOutcome, WaitingDma } from './state'

export interface DmaRequest {
  readonly device: DeviceRecord
  /** Bytes, any alignment. */
  readonly address: bigint
  readonly pasid: number | null
}

/** One answer is used for no more than a page of the host: log2 of its bytes. */
const MOST_LG2 = 12

export function dmaWrite(machine: Machine, request: DmaRequest, bytes: Uint8Array): DmaOutcome {
  return transfer(machine, request, 'write', bytes)
}

export function dmaRead(machine: Machine, request: DmaRequest, length: number): DmaOutcome {
  return transfer(machine, request, 'read', new Uint8Array(length))
}

/** Goes on with a transfer that waited, from its start; it may come to wait again. */
export function retryDma(machine: Machine, waiting: WaitingDma): DmaOutcome {
  const device = machine.device(waiting.device)
  const request = { device, address: waiting.address, pasid: waiting.pasid }
  return waiting.data === null
    ? dmaRead(machine, request, waiting.length)
    : dmaWrite(machine, request, toBytes(waiting.data))
}

/** Text as Latin-1, a letter a byte, and back. */
export const toBytes = (text: string): Uint8Array =>
  Uint8Array.from(text, letter => letter.charCodeAt(0) & 0xff)

function toText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return text
}

/** As many arguments as a call takes anywhere. */
const PIECE = 4096

function transfer(
  machine: Machine,
  request: DmaRequest,
  access: 'read' | 'write',
  bytes: Uint8Array,
): DmaOutcome {
  const tried = attemptTransfer(machine, request, access, bytes)
  const outcome = tried.ok ? tried : waitForPage(machine, request, { access, bytes, outcome: tried })
  const results = new Map(machine.root.dmaResults)
  machine.update({ dmaResults: results.set(request.device.name, outcome) })
  return outcome
}

interface Missed {
  readonly access: 'read' | 'write'
  readonly bytes: Uint8Array
  readonly outcome: Extract<DmaOutcome, { pending: false }>
}

/** A recoverable fault makes the device ask; the transfer waits where somebody will answer. */
function waitForPage(machine: Machine, request: DmaRequest, missed: Missed): DmaOutcome {
  const { fault } = missed.outcome
  const { device, address, pasid } = request
  const wire = wireOf(device, pasid) ?? null
  if (!fault.recoverable) return missed.outcome
  const group = askForPage(machine, { device, pasid, wire, fault })
  if (group === null) return missed.outcome
  const { access, bytes } = missed
  const data = access === 'write' ? toText(bytes) : null
  const waiting = {
    device: device.name,
    pasid,
    wire,
    group,
    address,
    access,
    data,
    length: bytes.length,
    fault,
  }
  machine.update({ waiting: [...machine.root.waiting, waiting] })
  return { ok: false, pending: true }
}

function attemptTransfer(
  machine: Machine,
  request: DmaRequest,
  access: 'read' | 'write',
  bytes: Uint8Array,
): Exclude<DmaOutcome, { pending: true }> {
  const runs: { hpa: bigint; bytes: number }[] = []
  let stale = false
  ask(machine, request, access, bytes.length)
  for (let moved = 0; moved < bytes.length; ) {
    const address = request.address + BigInt(moved)
    const translated = translate(machine, { ...request, address, access, commit: true, cached: true })
    if (!translated.ok) {
      tell(machine, request, access, { bytes: moved, runs, stale })
      return { ok: false, pending: false, fault: translated.fault, moved }
    }
    stale ||= translated.cache === 'stale-hit'
    const page = 1n << BigInt(Math.min(MOST_LG2, translated.pageLg2))
    const count = Math.min(bytes.length - moved, Number(page - (address % page)))
    move(machine, access, translated.output, bytes.subarray(moved, moved + count))
    runs.push({ hpa: BigInt(translated.output), bytes: count })
    moved += count
  }
  tell(machine, request, access, { bytes: bytes.length, runs, stale })
  return { ok: true, length: bytes.length, data: access === 'read' ? toText(bytes) : null }
}

/** Whether a transfer snoops, by the space it is routed to; without one it reaches no memory. */
function snoops(machine: Machine, { device, pasid }: DmaRequest): boolean {
  const uid = routedTo(machine.device(device.name), pasid)
  return uid === null || isCoherent(snoopBox(machine, device, machine.space(uid), pasid))
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
  request: DmaRequest,
  access: 'read' | 'write',
  what: { bytes: number; runs: readonly { hpa: bigint; bytes: number }[]; stale: boolean },
): void {
  const { device } = request
  const coherent = snoops(machine, request)
  machine.emit({ kind: 'dma', actor: 'device', device: device.name, access, ...what, coherent })
}
