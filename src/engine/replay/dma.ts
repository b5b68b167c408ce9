/**
 * Real DMA of the recording's devices: which bytes of which buffer a write reached, and how far a read came. Told by
 * the host pages that the emulated transfer moved, looked up among those behind the buffers.
 */
import { dmaRead, dmaWrite } from '../kernel/dma'
import { eachHostRun } from '../kernel/host-pages'
import { pageOf } from '../kernel/state'
import type { MachineEvent } from '../trace/events'
import type { Written } from './compare'
import { fdOf, type Program } from './program'
import { type CallRecord, numberIn } from './recording'

export function dmaOf(program: Program, call: CallRecord): Written | null {
  const { machine, recorded } = program
  const file = machine.root.files.get(Number(fdOf(program, call.fd)))
  const device = file?.device == null ? undefined : machine.root.devices.get(file.device)
  const address = numberIn(call.in.iova)
  if (device === undefined || address === null) return null
  const length = Number(numberIn(call.in.length) ?? 0n)
  const request = { device, address, pasid: null }
  const write = call.op === 'DMA_WRITE'
  const deaf = recorded.deaf.includes(device.name)
  if (deaf) return write ? { wrote: [] } : { read_ok_prefix: 0, read_ok_total: 0 }
  const moved: Piece[] = []
  machine.events = { on: true, emit: event => moved.push(...piecesOf(event as MachineEvent)) }
  let prefix: number | null = null
  for (const part of pagesOf(address, length)) {
    const before = moved.length
    if (write) dmaWrite(machine, { ...request, address: part.address }, new Uint8Array(part.bytes).fill(MARK))
    else dmaRead(machine, { ...request, address: part.address }, part.bytes)
    if (sum(moved.slice(before)) < part.bytes) prefix ??= sum(moved)
  }
  machine.events = { on: false, emit: () => {} }
  if (write) return { wrote: merged(moved.flatMap(piece => placeOf(program, piece))) }
  return { read_ok_prefix: prefix ?? length, read_ok_total: sum(moved) }
}

const sum = (pieces: readonly Piece[]): number => pieces.reduce((bytes, piece) => bytes + piece.bytes, 0)

/** The recorded device goes on with the next page where one is blocked: each page is a transfer of its own. */
function pagesOf(address: bigint, length: number): readonly { address: bigint; bytes: number }[] {
  const parts: { address: bigint; bytes: number }[] = []
  for (let done = 0; done < length; ) {
    const at = address + BigInt(done)
    const bytes = Math.min(length - done, 4096 - Number(at & 0xfffn))
    parts.push({ address: at, bytes })
    done += bytes
  }
  return parts
}

/** Any byte: that it differs from what was there is the recording program's business. */
const MARK = 0xa5

interface Piece {
  readonly hpa: bigint
  readonly bytes: number
}

const piecesOf = (event: MachineEvent): readonly Piece[] => (event.kind === 'dma' ? event.runs : [])

type Place = Readonly<{ buf: string; off: number; len: number }>

/** Where a piece, which lies in one page, is in the program's buffers; nothing where no buffer has it. */
function placeOf({ machine, buffers }: Program, { hpa, bytes }: Piece): readonly Place[] {
  const page = Number(hpa >> 12n)
  const within = Number(hpa & 0xfffn)
  for (const { name, userVa, size } of buffers.values()) {
    const first = pageOf(userVa)
    let found: number | null = null
    eachHostRun(machine, first, pageOf(userVa + size - 1n), (hva, host, pages) => {
      if (page >= host && page < host + pages) found = hva + (page - host) - first
    })
    if (found !== null) return [{ buf: name, off: found * 4096 + within, len: bytes }]
  }
  return []
}

/** Pieces side by side are one, as somebody sees it who compares buffers before and after. */
function merged(places: readonly Place[]): Place[] {
  const found: Place[] = []
  const order = [...places].sort((a, b) => (a.buf < b.buf ? -1 : a.buf > b.buf ? 1 : a.off - b.off))
  for (const place of order) {
    const last = found.at(-1)
    if (last?.buf === place.buf && last.off + last.len === place.off)
      found[found.length - 1] = { ...last, len: last.len + place.len }
    else found.push(place)
  }
  return found
}
