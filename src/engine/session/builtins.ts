/** What the built-in functions do to the machine. DMA moves bytes; text is taken as Latin-1. */

import type { Dialect, OutValue } from '../dialects/contract'
import type { CallAnswer } from '../dialects/dispatch'
import { carryOut } from '../dialects/intents'
import type { Value } from '../flow'
import type { HwFault } from '../hw'
import { closeAll } from '../kernel/close'
import { type DmaRequest, dmaRead, dmaWrite, toBytes } from '../kernel/dma'
import { guestPasidSet } from '../kernel/guest-pasid-tables'
import { type GuestRun, guestMap, guestUnmap } from '../kernel/guest-tables'
import { submitWork } from '../kernel/kvm'
import type { Machine } from '../kernel/machine'
import type { Outcome, Refusal } from '../kernel/outcome'
import type { ResponseCode } from '../kernel/page-faults'
import { type DeviceRecord, type DmaOutcome, pageOf } from '../kernel/state'
import { guestActs } from '../vmm/follow'
import { startViommu, VIOMMU_WAYS } from '../vmm/viommu'
import { argumentOf } from './arguments'

export interface BuiltinAnswer {
  readonly ret: number
  readonly value: Value
  readonly out: Readonly<Record<string, OutValue>> | null
  /** Why it did not do what it was asked for; left out where it did. */
  readonly message?: string
}

/** `problem` is the author's mistake, not the machine's answer. */
export type BuiltinOutcome =
  | BuiltinAnswer
  | { readonly problem: string }
  | { readonly refused: Refusal }
  /** A call of the VMM inside it was refused; the answer is that call's. */
  | { readonly failed: CallAnswer }

export type BuiltinRun = (machine: Machine, args: readonly Value[], dialect: Dialect) => BuiltinOutcome

/** A DMA longer than this is the author's slip, not a flow. */
const MOST_DMA_BYTES = 16n * 1024n * 1024n

export const closeAllFiles: BuiltinRun = machine => {
  closeAll(machine)
  return ZERO
}

export const dmaWriteCall: BuiltinRun = (machine, [device, address, data, pasid]) => {
  const request = dmaRequest(machine, { device, address, pasid })
  if ('problem' in request) return request
  if (data?.kind !== 'text') return { problem: 'the data of dma_write is a string' }
  return dmaAnswer(dmaWrite(machine, request, toBytes(data.value)))
}

export const dmaReadCall: BuiltinRun = (machine, [device, address, length, pasid]) => {
  const request = dmaRequest(machine, { device, address, pasid })
  if ('problem' in request) return request
  if (length?.kind !== 'int' || length.value < 0n || length.value > MOST_DMA_BYTES)
    return { problem: 'the length of dma_read is a number of bytes up to 16 MiB' }
  return dmaAnswer(dmaRead(machine, request, Number(length.value)))
}

/** The guest maps a range in a table of its own: bits in guest memory, which nobody is told of. */
export const guestMapCall: BuiltinRun = (machine, [table, va, gpa, size, perm], dialect) => {
  const run = guestRun(machine, { table, va, size })
  if ('problem' in run) return run
  if (gpa?.kind !== 'int' || gpa.value % PAGE !== 0n) return { problem: 'gpa is a number of whole pages' }
  const rights = perm?.kind === 'text' ? perm.value : 'rw'
  if (!/^(r|w|rw)$/.test(rights)) return { problem: 'the rights of guest_map are "r" or "rw"' }
  const bits = (rights.includes('r') ? 1 : 0) | (rights.includes('w') ? 2 : 0)
  const target = pageOf(gpa.value)
  return guestWrites(machine, dialect, run, () => guestMap(machine, { ...run, target, perm: bits }))
}

export const guestUnmapCall: BuiltinRun = (machine, [table, va, size], dialect) => {
  const run = guestRun(machine, { table, va, size })
  return 'problem' in run ? run : guestWrites(machine, dialect, run, () => guestUnmap(machine, run))
}

/** A guest's write, and the calls of the VMMs that have to do with the table. */
function guestWrites(
  machine: Machine,
  dialect: Dialect,
  run: GuestRun,
  write: () => Outcome<null>,
): BuiltinOutcome {
  const span = { first: run.page, last: run.page + run.pages - 1 }
  const { written, followed } = guestActs(machine, dialect, { root: run.root, span }, write)
  if (!written.ok) return { refused: written }
  return { ...ZERO, out: followed === null ? null : { ...followed } }
}

const ZERO: BuiltinAnswer = { ret: 0, value: { kind: 'int', value: 0n }, out: null }

/** From now on the VMM makes what the guest does to its table for a device into calls. */
export const viommuCall: BuiltinRun = (machine, [device, ioasid, way, table], dialect) => {
  const found = findDevice(machine, device)
  if (found === null) return { problem: `no device ${nameOf(device)}: nothing declares or opens it` }
  if (ioasid?.kind !== 'int') return { problem: 'viommu needs the number of an address space' }
  const known = machine.limits.viommuWay ?? VIOMMU_WAYS.find(one => one === nameOf(way))
  if (known === undefined) return { problem: `the way of viommu is one of ${VIOMMU_WAYS.join(', ')}` }
  const root = table === undefined ? null : argumentOf(machine, table, 'table-address')
  const started = startViommu(machine, dialect, {
    device: found,
    ioasid: ioasid.value,
    way: known,
    table: root,
  })
  if ('failed' in started) return started
  return started.ok ? ZERO : { refused: started }
}

/** The guest leads a PASID to a table, by their addresses or by the ioasids they are bound to. */
export const guestPasidSetCall: BuiltinRun = (machine, [ptable, pasid, table]) => {
  if (ptable === undefined || pasid === undefined || table === undefined)
    return { problem: 'ptable, pasid and table are numbers' }
  const done = guestPasidSet(machine, {
    table: pasidTableRoot(machine, argumentOf(machine, ptable, 'pasid-table-address')),
    pasid: argumentOf(machine, pasid, 'pasid'),
    root: tableRoot(machine, argumentOf(machine, table, 'table-address')),
  })
  return done.ok ? ZERO : { refused: done }
}

/** A PASID table by its address, or by the ioasid it is bound to. */
function pasidTableRoot(machine: Machine, value: bigint): bigint {
  const bound = [...machine.root.spaces.values()].find(
    space => BigInt(space.id) === value && space.pasidTable,
  )
  return value < PAGE ? (bound?.pasidTable?.root ?? value) : value
}

const PAGE = 4096n

function guestRun(
  machine: Machine,
  args: { table: Value | undefined; va: Value | undefined; size: Value | undefined },
): GuestRun | { readonly problem: string } {
  const { table, va, size } = args
  if (table === undefined || va?.kind !== 'int' || size?.kind !== 'int')
    return { problem: 'table, va and size are numbers' }
  if (va.value % PAGE !== 0n || size.value % PAGE !== 0n || size.value <= 0n)
    return { problem: 'va and size are whole pages of 4 KiB' }
  const root = tableRoot(machine, argumentOf(machine, table, 'table-address'))
  return { root, page: pageOf(va.value), pages: pageOf(size.value) }
}

/** A table by its address, or by the ioasid it is bound to: no table lies in the first page. */
function tableRoot(machine: Machine, value: bigint): bigint {
  const bound = [...machine.root.spaces.values()].find(space => BigInt(space.id) === value && space.userTable)
  return value < PAGE ? (bound?.userTable?.root ?? value) : value
}

/** Work of a guest thread: the processor turns its PASID into the wire's, then the device fetches 64 bytes. */
export const enqcmdCall: BuiltinRun = (machine, [device, vpasid, address]) => {
  const request = dmaRequest(machine, { device, address, pasid: vpasid })
  if ('problem' in request) return request
  if (vpasid?.kind !== 'int') return { problem: 'enqcmd needs the PASID of the thread' }
  const found = submitWork(machine, request.device, vpasid.value)
  if (!found.ok) return { refused: found }
  const outcome = dmaRead(machine, { ...request, pasid: found.value }, WORK_BYTES)
  return dmaAnswer(outcome.ok ? { ...outcome, data: null } : outcome)
}

/** A work descriptor is 64 bytes, the size that ENQCMD stores. */
const WORK_BYTES = 64

interface DmaArgs {
  readonly device: Value | undefined
  readonly address: Value | undefined
  readonly pasid: Value | undefined
}

function dmaRequest(machine: Machine, args: DmaArgs): DmaRequest | { readonly problem: string } {
  const device = findDevice(machine, args.device)
  if (device === null) return { problem: `no device ${nameOf(args.device)}: nothing declares or opens it` }
  if (args.address?.kind !== 'int') return { problem: 'a DMA address is a number' }
  const pasid = args.pasid === undefined ? null : Number(argumentOf(machine, args.pasid, 'pasid'))
  return { device, address: BigInt.asUintN(64, args.address.value), pasid }
}

/** A device by its name, or by an fd that is open on it. */
function findDevice(machine: Machine, value: Value | undefined): DeviceRecord | null {
  const { devices, files } = machine.root
  if (value?.kind === 'int') return devices.get(files.get(Number(value.value))?.device ?? '') ?? null
  return devices.get(nameOf(value)) ?? null
}

function nameOf(value: Value | undefined): string {
  switch (value?.kind) {
    case 'device':
    case 'guess':
      return value.name
    case 'text':
      return value.value
    default:
      return '?'
  }
}

const PENDING: BuiltinAnswer = { ret: 0, value: { kind: 'pending' }, out: { pending: true } }

/** Text read, bytes written, fault, or pending. */
function dmaAnswer(outcome: DmaOutcome): BuiltinAnswer {
  if (!outcome.ok) return outcome.pending ? PENDING : faulted(outcome.fault)
  const { length, data } = outcome
  if (data === null) return { ret: length, value: { kind: 'int', value: BigInt(length) }, out: null }
  return { ret: length, value: { kind: 'text', value: data }, out: { data } }
}

/** How the last transfer of a device ended: text read, bytes written, fault, or pending. */
export const dmaResultCall: BuiltinRun = (machine, [device]) => {
  const found = findDevice(machine, device)
  if (found === null) return { problem: `no device ${nameOf(device)}: nothing declares or opens it` }
  const result = machine.root.dmaResults.get(found.name)
  return result === undefined ? { problem: `${found.name} has made no DMA` } : dmaAnswer(result)
}

const CODES: readonly ResponseCode[] = ['success', 'invalid', 'failure']

/**
 * The guest's driver answers a page request of a device: through the vIOMMU to the VMM, which finds the
 * fault it knows and completes it by the dialect's call.
 */
export const pageResponseCall: BuiltinRun = (machine, [device, code], dialect) => {
  const found = findDevice(machine, device)
  if (found === null) return { problem: `no device ${nameOf(device)}: nothing declares or opens it` }
  const given = code?.kind === 'int' ? CODES[Number(code.value)] : CODES.find(one => one === nameOf(code))
  if (given === undefined)
    return { problem: 'the code of page_response is success, invalid or failure (0, 1, 2)' }
  const attached = new Set(found.attachments.map(at => at.space))
  const fault =
    machine.root.faults.find(one => one.device === found.name) ??
    machine.root.faults.find(one => attached.has(one.space))
  if (fault === undefined || dialect.intents.respond === undefined)
    return { refused: { rule: 'fault.no-guest', values: { device: found.name } } }
  const what = `page response for ${found.name}, ${given}`
  machine.emit({ kind: 'message', actor: 'guest', to: 'vmm', what, ref: found.name })
  const { answer } = carryOut(machine, dialect, { kind: 'respond', fault, code: given })
  return { ret: answer?.ret ?? 0, value: { kind: 'int', value: answer?.value ?? 0n }, out: null }
}

function faulted(fault: HwFault): BuiltinAnswer {
  const { code, name, stage, level, address, access } = fault
  return { ret: -1, value: { kind: 'fault' }, out: { fault: { code, name, stage, level, address, access } } }
}
