/**
 * Hypercalls by which a guest writes the entries of a table that it has no other way to: the hypervisor hands
 * them to the VMM, which finds the spaces that keep the table and maps and unmaps there by the calls of the
 * dialect. Entries name guest addresses; a root takes the process memory behind them, a child takes them as
 * they are, and the kernel composes them with the parent.
 *
 * Every entry is one map. Where a new one falls into a larger map, that is taken off whole and its rest is
 * mapped again, since an unmap takes exactly what a map made.
 *
 * Source: rfc 5, layout 11; R29; hardware 4.3. Not modelled: KVM's own way, which spares the VMM.
 */
import { hex } from '../bits'
import type { Dialect, Intent } from '../dialects/contract'
import { carryOut } from '../dialects/intents'
import type { EntryOutcome, EntryRun, GuestEntry, GuestPort, Hypercall, HypercallResult } from '../hw'
import { type AreaRequest, areasMeeting } from '../kernel/areas'
import { guestHostPage, guestHvaPage, guestPageOf, guestRoot, noteGuestRam } from '../kernel/guest-ram'
import type { Machine } from '../kernel/machine'
import { answer, type Outcome, refuse } from '../kernel/outcome'
import { addressOf, pageOf, type SpaceRecord } from '../kernel/state'
import type { PageSpan } from '../kernel/tables'

export interface HypercallAnswer extends HypercallResult {
  /** `H_SUCCESS`, ... */
  readonly name: string
}

/** Makes one hypercall; refused only where guests of the platform have none of that name. */
export function hypercall(
  machine: Machine,
  dialect: Dialect,
  call: { readonly name: string; readonly args: readonly bigint[] },
): Outcome<HypercallAnswer> {
  const { platform } = machine
  const found = platform.hypercalls?.calls.find(one => one.name === call.name)
  if (found === undefined) return refuse('hypercall.none', { call: call.name, platform: platform.title })
  learnMemory(machine)
  const what = [call.name, ...call.args.map(hex)].join(' ')
  machine.emit({ kind: 'message', actor: 'guest', to: 'vmm', what, ref: null })
  const result = run(machine, dialect, found, call.args)
  const name = platform.hypercalls?.statuses.find(one => one.value === BigInt(result.status))?.name ?? ''
  machine.emit({ kind: 'message', actor: 'vmm', to: 'guest', what: name, ref: null })
  return answer({ ...result, name })
}

function run(machine: Machine, dialect: Dialect, call: Hypercall, args: readonly bigint[]): HypercallResult {
  const words = args.map(value => BigInt.asUintN(64, value))
  return call.run(machine.root.hw, new Vmm(machine, dialect), words)
}

class Vmm implements GuestPort {
  private readonly machine: Machine
  private readonly dialect: Dialect

  constructor(machine: Machine, dialect: Dialect) {
    this.machine = machine
    this.dialect = dialect
  }

  get devices(): GuestPort['devices'] {
    return Array.from(this.machine.root.devices.values(), device => device.hw)
  }

  isMemory(gpa: bigint, size: bigint): boolean {
    return guestHvaPage(this.machine, pageOf(gpa), pageOf(gpa + size - 1n)) !== null
  }

  read64be(gpa: bigint): bigint | null {
    const host = guestHostPage(this.machine, pageOf(gpa))
    return host === null ? null : this.machine.bulk.memory.read64be(host * 4096 + Number(gpa & 0xfffn))
  }

  hasTable(key: string): boolean {
    return this.keepers(key).length > 0
  }

  entry(key: string, page: number): GuestEntry | null {
    const [space] = this.keepers(key)
    if (space === undefined) return null
    const [area] = areasMeeting(this.machine, space.uid, { first: page, last: page })
    if (area === undefined) return null
    const target = area.target + (page - area.first)
    const gpa = namesGuest(this.machine, space) ? target : guestPageOf(this.machine, target)
    return gpa === null ? null : { gpa: addressOf(gpa), perm: area.perm & RIGHTS }
  }

  clear(key: string, run: EntryRun): EntryOutcome {
    return first(this.keepers(key), space => this.cutOut(space, spanOfRun(run)))
  }

  map(key: string, run: EntryRun & GuestEntry): EntryOutcome {
    return first(this.keepers(key), space => {
      const cut = this.cutOut(space, spanOfRun(run))
      return cut === 'done' ? this.put(space, run) : cut
    })
  }

  private put(space: SpaceRecord, { page, pages, gpa, perm }: EntryRun & GuestEntry): EntryOutcome {
    const guest = pageOf(gpa)
    const target = namesGuest(this.machine, space)
      ? guest
      : guestHvaPage(this.machine, guest, guest + pages - 1)
    if (target === null) return { kind: 'refused', why: `${hex(gpa)} is not guest memory` }
    return this.mapArea(space, { first: page, last: page + pages - 1, target, perm })
  }

  /** Takes a span out of a space, and maps again what hung over its ends. */
  private cutOut(space: SpaceRecord, span: PageSpan): EntryOutcome {
    return first(areasMeeting(this.machine, space.uid, span), area => {
      const gone = this.carry({ kind: 'unmap', space: space.uid, ...bytesOf(area) })
      return gone === 'done' ? first(restOf(area, span), part => this.mapArea(space, part)) : gone
    })
  }

  private mapArea(space: SpaceRecord, area: AreaRequest): EntryOutcome {
    const perm = area.perm & RIGHTS
    const target = addressOf(area.target)
    return this.carry({ kind: 'map', space: space.uid, ...bytesOf(area), target, perm })
  }

  /** The calls follow a guest's action: they are hot. */
  private carry(intent: Intent): EntryOutcome {
    const { calls, answer: answered, noEquivalent } = carryOut(this.machine, this.dialect, intent)
    this.machine.costs.add('hotCalls', calls)
    if (noEquivalent !== null) return { kind: 'refused', why: noEquivalent }
    if (answered === null || answered.errno === null) return 'done'
    const why = `the VMM's call answers -${answered.errno}: ${answered.message}`
    return { kind: answered.errno === 'ENOMEM' ? 'no-room' : 'refused', why }
  }

  /** The spaces whose table of that key a device is routed to. */
  private keepers(key: string): readonly SpaceRecord[] {
    const { platform, hwConfig, root } = this.machine
    const routed = [...root.devices.values()].flatMap(device => {
      const has = platform.tablesFor(hwConfig, device.hw).some(spec => spec.key === key)
      return has && device.routed !== null ? [device.routed] : []
    })
    return [...new Set(routed)].map(uid => this.machine.space(uid))
  }
}

const RIGHTS = 3

/**
 * Where the flow declares no guest memory it is what the oldest root maps (R4), but for a root that every device
 * is routed to: that one holds what the guest maps, not its memory.
 */
function learnMemory(machine: Machine): void {
  const root = guestRoot(machine)
  const routed = [...machine.root.devices.values()].filter(device => device.routed !== null)
  const isMapped = routed.length > 0 && routed.every(device => device.routed === root?.uid)
  if (!isMapped) noteGuestRam(machine)
}

/** True where a map says guest addresses; a root, and one over a dummy root, says process memory. */
function namesGuest(machine: Machine, space: SpaceRecord): boolean {
  return space.parent !== null && machine.space(space.parent).kind !== 'dummy'
}

function first<T>(items: readonly T[], act: (item: T) => EntryOutcome): EntryOutcome {
  for (const item of items) {
    const outcome = act(item)
    if (outcome !== 'done') return outcome
  }
  return 'done'
}

/** The parts of an area below and above a span. */
function restOf(area: AreaRequest, { first: from, last: to }: PageSpan): readonly AreaRequest[] {
  const below = { ...area, last: from - 1 }
  const above = { ...area, first: to + 1, target: area.target + (to + 1 - area.first) }
  return [below, above].filter(part => part.first <= part.last)
}

const spanOfRun = ({ page, pages }: EntryRun): PageSpan => ({ first: page, last: page + pages - 1 })

const bytesOf = ({ first: from, last }: PageSpan) => {
  return { iova: addressOf(from), size: addressOf(last - from + 1) }
}
