/**
 * H_GET_TCE, H_PUT_TCE, H_PUT_TCE_INDIRECT and H_STUFF_TCE: how a guest writes the TCEs of its windows.
 * LoPAPR 14.5.4.2; KVM book3s_64_vio for the order of checks.
 *
 * A TCE that grants nothing is written as 0, so that is what H_GET_TCE gives back for it. What stood in a TCE
 * goes before the new one comes: where that cannot be mapped, the TCE is left empty, as KVM leaves it.
 * Not modelled: H_TOO_HARD and the real-mode fast path of KVM, which spares the way through the VMM.
 */
import { pow2 } from '../../../bits'
import type {
  EntryOutcome,
  EntryRun,
  GuestPort,
  Hypercall,
  HypercallResult,
  HypercallSet,
} from '../../hypercall'
import type { PaprState } from './state'
import { holds, keyOf, lastByte, type PaprConfig, type PaprWindow, windowsOf } from './windows'

export const H_SUCCESS = 0
export const H_PARAMETER = -4
export const H_RESOURCE = -16

const STATUSES: HypercallSet['statuses'] = [
  { name: 'H_SUCCESS', value: BigInt(H_SUCCESS), doc: 'Done.' },
  {
    name: 'H_PARAMETER',
    value: BigInt(H_PARAMETER),
    doc: 'No such LIOBN, an address outside its window or of no guest memory, a list too long or not aligned.',
  },
  {
    name: 'H_RESOURCE',
    value: BigInt(H_RESOURCE),
    doc: 'The hypervisor has no memory for it, or may not pin more.',
  },
]

/** Most TCEs in one list. */
const LIST_LIMIT = 512n
/** Bits 51:0 of a TCE are the address; more is not modelled. */
const ADDRESS_BITS = 52

const done: HypercallResult = { status: H_SUCCESS, value: null, why: null }
const refused = (why: string): HypercallResult => ({ status: H_PARAMETER, value: null, why })

/** A page of a window and what follows it, all inside the window. */
interface Place {
  readonly window: PaprWindow
  /** Bus address in bytes, any of the page's. */
  readonly ioba: bigint
}

/** `ioba` is rounded down to the page of the window. */
function hGetTce(config: PaprConfig, guest: GuestPort, [liobn = 0n, ioba = 0n]: Args): HypercallResult {
  const place = placeAt(config, guest, { liobn, ioba, count: 1n })
  if ('why' in place) return place
  const entry = guest.entry(keyOf(place.window), runAt(place, 1n).page)
  return { ...done, value: entry === null ? 0n : entry.gpa | BigInt(entry.perm) }
}

function hPutTce(config: PaprConfig, guest: GuestPort, args: Args): HypercallResult {
  const [liobn = 0n, ioba = 0n, tce = 0n] = args
  const place = placeAt(config, guest, { liobn, ioba, count: 1n })
  return 'why' in place ? place : putOne(guest, place, tce)
}

/** `list`: guest real address of `count` big-endian TCEs. Stops at the first that fails; earlier ones stay. */
function hPutTceIndirect(config: PaprConfig, guest: GuestPort, args: Args): HypercallResult {
  const [liobn = 0n, ioba = 0n, list = 0n, count = 0n] = args
  if (count > LIST_LIMIT) return refused(`a list holds at most ${LIST_LIMIT} TCEs`)
  if ((list & 0xfffn) !== 0n) return refused('the list does not start on a page of 4 KiB')
  const place = placeAt(config, guest, { liobn, ioba, count })
  if ('why' in place) return place
  for (let k = 0n; k < count; k++) {
    const tce = guest.read64be(list + k * 8n)
    if (tce === null) return refused(`the list at ${text(list)} is not guest memory`)
    const put = putOne(guest, { ...place, ioba: ioba + (k << pageBits(place.window)) }, tce)
    if (put.status !== H_SUCCESS) return { ...put, why: `TCE ${k} of the list: ${put.why}` }
  }
  return done
}

/** Writes one value to `count` TCEs; a value that grants anything is refused, so this clears. */
function hStuffTce(config: PaprConfig, guest: GuestPort, args: Args): HypercallResult {
  const [liobn = 0n, ioba = 0n, value = 0n, count = 0n] = args
  const place = placeAt(config, guest, { liobn, ioba, count })
  if ('why' in place) return place
  if ((value & 3n) !== 0n) return refused(`the value ${text(value)} grants an access`)
  return count === 0n ? done : ended(guest.clear(keyOf(place.window), runAt(place, count)))
}

/** The window of a LIOBN, where it holds `count` pages from `ioba`. */
function placeAt(
  config: PaprConfig,
  guest: GuestPort,
  { liobn, ioba, count }: { liobn: bigint; ioba: bigint; count: bigint },
): Place | HypercallResult {
  const windows = guest.devices.flatMap(device => windowsOf(config, device))
  const window = windows.find(one => BigInt(one.liobn) === liobn)
  if (window === undefined) return refused(`no window has LIOBN ${text(liobn)}`)
  if (!guest.hasTable(keyOf(window)))
    return refused(`LIOBN ${text(liobn)} has no TCE table: no device is attached`)
  const left = holds(window, ioba)
    ? (lastByte(window) >> pageBits(window)) - (ioba >> pageBits(window)) + 1n
    : 0n
  if (left >= count && left > 0n) return { window, ioba }
  return refused(`the window ends at ${text(lastByte(window))}`)
}

function putOne(guest: GuestPort, place: Place, tce: bigint): HypercallResult {
  const key = keyOf(place.window)
  const run = runAt(place, 1n)
  const perm = Number(tce & 3n)
  if (perm === 0) return ended(guest.clear(key, run))
  const bits = pageBits(place.window)
  const gpa = (BigInt.asUintN(ADDRESS_BITS, tce) >> bits) << bits
  if (!guest.isMemory(gpa, 1n << bits)) return refused(`${text(gpa)} is not guest memory`)
  return ended(guest.map(key, { ...run, gpa, perm }))
}

function ended(outcome: EntryOutcome): HypercallResult {
  if (outcome === 'done') return done
  const status = outcome.kind === 'no-room' ? H_RESOURCE : H_PARAMETER
  return { status, value: null, why: outcome.why }
}

const pageBits = (window: PaprWindow): bigint => BigInt(window.pageLg2)
const text = (value: bigint): string => `0x${value.toString(16)}`

/** TCEs as 4 KiB pages. */
function runAt({ window, ioba }: Place, count: bigint): EntryRun {
  const unit = pow2(window.pageLg2 - 12)
  return { page: Math.floor(Number(ioba >> 12n) / unit) * unit, pages: Number(count) * unit }
}

type Args = readonly bigint[]
type Body = (config: PaprConfig, guest: GuestPort, args: Args) => HypercallResult

const LIOBN = { name: 'liobn', role: 'number' } as const
const IOBA = { name: 'ioba', role: 'iova' } as const
const COUNT = { name: 'count', role: 'number' } as const
const TCE = { name: 'tce', role: 'number' } as const

const call = (name: string, number: number, doc: string, params: Hypercall['params'], body: Body) => {
  const run = (state: PaprState, guest: GuestPort, args: Args) => body(state.config, guest, args)
  return { name, number, doc, params, run }
}

/** Numbers are those that a guest gives in r3. */
export const HYPERCALLS: HypercallSet<PaprState> = {
  statuses: STATUSES,
  calls: [
    call(
      'H_GET_TCE',
      0x1c,
      'The guest reads a TCE. Gives what it wrote, or H_PARAMETER.',
      [LIOBN, IOBA],
      hGetTce,
    ),
    call(
      'H_PUT_TCE',
      0x20,
      'The guest writes a TCE: an address of its memory, bit 0 read, bit 1 write; without either it is cleared.',
      [LIOBN, IOBA, TCE],
      hPutTce,
    ),
    call(
      'H_STUFF_TCE',
      0x138,
      'The guest writes one value, which grants nothing, to a row of TCEs.',
      [LIOBN, IOBA, TCE, COUNT],
      hStuffTce,
    ),
    call(
      'H_PUT_TCE_INDIRECT',
      0x13c,
      'The guest writes up to 512 TCEs from a list in its memory, big-endian words on a page of 4 KiB.',
      [LIOBN, IOBA, { name: 'list', role: 'vaddr' }, COUNT],
      hPutTceIndirect,
    ),
  ],
}
