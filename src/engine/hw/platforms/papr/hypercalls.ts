/**
 * H_GET_TCE, H_PUT_TCE, H_PUT_TCE_INDIRECT and H_STUFF_TCE: how a guest writes the TCEs of its windows.
 * LoPAPR 14.5.4.2; KVM book3s_64_vio for the order of checks.
 *
 * A TCE that grants nothing is written as 0, so that is what H_GET_TCE gives back for it.
 * Not modelled: H_TOO_HARD and the real-mode fast path, preregistration checks (the kernel's).
 */
import { pow2 } from '../../../bits'
import { clearRun, mapRun, walkAddress } from '../../../pt'
import type { HwContext } from '../../contract'
import type { BoundWindow } from './state'
import { holds, lastByte } from './windows'

export const H_SUCCESS = 0
export const H_PARAMETER = -4
export const H_RESOURCE = -16

/** Numbers of the calls, as a guest gives them in r3. */
export const HCALLS = {
  H_GET_TCE: 0x1c,
  H_PUT_TCE: 0x20,
  H_STUFF_TCE: 0x138,
  H_PUT_TCE_INDIRECT: 0x13c,
} as const

/** Most TCEs in one list. */
const LIST_LIMIT = 512

/** Who calls: the windows it has, and where its memory lies. */
export interface HcallMachine {
  readonly ctx: HwContext
  readonly windows: readonly BoundWindow[]
  /** HPA of a guest real address in bytes, or null where that is not guest memory. */
  hostOf(gpa: bigint): bigint | null
}

export interface HcallResult {
  readonly status: typeof H_SUCCESS | typeof H_PARAMETER | typeof H_RESOURCE
  /** H_GET_TCE only. */
  readonly tce?: bigint
}

const done: HcallResult = { status: H_SUCCESS }
const badParameter: HcallResult = { status: H_PARAMETER }

/** `ioba` is a bus address in bytes, rounded down to the page of the window. */
export interface TceAddress {
  readonly liobn: number
  readonly ioba: bigint
}

export function hGetTce(machine: HcallMachine, at: TceAddress): HcallResult {
  const bound = windowAt(machine, at, 1n)
  if (bound === null) return badParameter
  let tce = 0n
  const log = (level: number, _hpa: number, value: bigint) => {
    if (level === 0) tce = value
  }
  walkAddress(machine.ctx.bulk, bound.table, at.ioba, { access: 1, log })
  return { ...done, tce }
}

export function hPutTce(machine: HcallMachine, at: TceAddress & { readonly tce: bigint }): HcallResult {
  const bound = windowAt(machine, at, 1n)
  return bound === null ? badParameter : putOne(machine, bound, at)
}

/** `list`: guest real address of `count` big-endian TCEs. Stops at the first that fails; earlier ones stay. */
export function hPutTceIndirect(
  machine: HcallMachine,
  at: TceAddress & { readonly list: bigint; readonly count: bigint },
): HcallResult {
  if (at.count > LIST_LIMIT || (at.list & 0xfffn) !== 0n) return badParameter
  const bound = windowAt(machine, at, at.count)
  const list = machine.hostOf(at.list)
  if (bound === null || list === null) return badParameter
  for (let k = 0n; k < at.count; k++) {
    const tce = machine.ctx.bulk.memory.read64be(Number(list + k * 8n))
    const put = putOne(machine, bound, { tce, ioba: at.ioba + (k << BigInt(bound.window.pageLg2)) })
    if (put.status !== H_SUCCESS) return put
  }
  return done
}

/** Writes one value to `count` TCEs; a value that grants anything is refused, so this clears. */
export function hStuffTce(
  machine: HcallMachine,
  at: TceAddress & { readonly value: bigint; readonly count: bigint },
): HcallResult {
  const bound = windowAt(machine, at, at.count)
  if (bound === null || (at.value & 3n) !== 0n) return badParameter
  if (at.count > 0n) clear(machine, bound, at.ioba, Number(at.count))
  return done
}

/** The window of a LIOBN, where it holds `count` pages from `ioba`. */
function windowAt({ windows }: HcallMachine, { liobn, ioba }: TceAddress, count: bigint): BoundWindow | null {
  const bound = windows.find(({ window }) => window.liobn === liobn)
  if (bound === undefined || !holds(bound.window, ioba)) return null
  const pageLg2 = BigInt(bound.window.pageLg2)
  const left = (lastByte(bound.window) >> pageLg2) - (ioba >> pageLg2) + 1n
  return count <= left ? bound : null
}

/** Bits 51:0 of a TCE are the address; more is not modelled. */
const ADDRESS_BITS = 52

function putOne(
  machine: HcallMachine,
  bound: BoundWindow,
  { ioba, tce }: { ioba: bigint; tce: bigint },
): HcallResult {
  const perm = Number(tce & 3n)
  const page = BigInt.asUintN(ADDRESS_BITS, tce) >> BigInt(bound.window.pageLg2)
  const host = perm === 0 ? 0n : machine.hostOf(page << BigInt(bound.window.pageLg2))
  if (host === null) return badParameter
  clear(machine, bound, ioba, 1)
  if (perm === 0) return done
  const run = { ...runAt(bound, ioba, 1), target: Number(host >> 12n), perm }
  return mapRun(machine.ctx.bulk, bound.table, run, machine.ctx) ? done : { status: H_RESOURCE }
}

function clear({ ctx }: HcallMachine, bound: BoundWindow, ioba: bigint, count: number): void {
  clearRun(ctx.bulk, bound.table, runAt(bound, ioba, count), ctx)
}

/** TCEs as 4 KiB pages. */
function runAt({ window }: BoundWindow, ioba: bigint, count: number): { page: number; pages: number } {
  const unit = pow2(window.pageLg2 - 12)
  return { page: Math.floor(Number(ioba >> 12n) / unit) * unit, pages: count * unit }
}
