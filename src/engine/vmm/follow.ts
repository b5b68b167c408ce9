/**
 * What a guest does to its own table, made into the calls of a VMM.
 *
 * Under shadow and mirror the emulated IOMMU tells the guest that it caches what is not present, so each change
 * comes to the VMM as an invalidation; the VMM reads the guest's table there and maps and unmaps what differs from
 * what it mapped before, in as few ranges as it can. Under nested it hears of changes to what was present only, or of
 * all where the IOMMU itself caches absence, and passes the invalidation on.
 *
 * Calls that follow a guest's write are hot: they count as `hotCalls` beside `calls`. Where one is refused the guest's
 * entry stays without effect, and the VMM tries again when the guest next touches it.
 *
 * Not modelled: what a guest's driver puts off and does in batches, and a flow that changes a VMM's space behind it.
 */
import { hex } from '../bits'
import type { Dialect, Intent } from '../dialects/contract'
import { carryOut } from '../dialects/intents'
import { eachGuestRun } from '../kernel/guest-ram'
import { type GuestMapping, guestMappings } from '../kernel/guest-tables'
import type { Machine } from '../kernel/machine'
import type { Outcome } from '../kernel/outcome'
import { addressOf, TREE, type ViommuRecord } from '../kernel/state'
import type { PageSpan } from '../kernel/tables'

export interface Followed {
  /** Calls that the VMM made. */
  readonly calls: number
  readonly refused: number
}

const NONE: Followed = { calls: 0, refused: 0 }

/** A guest's write to its table, and what every vIOMMU that has the table makes of it; null where none has. */
export function guestActs(
  machine: Machine,
  dialect: Dialect,
  { root, span }: { readonly root: bigint; readonly span: PageSpan },
  write: () => Outcome<null>,
): { readonly written: Outcome<null>; readonly followed: Followed | null } {
  const heeding = heed(machine, root)
  const before = heeding.some(one => one.way === 'nested') ? guestMappings(machine, root, span) : []
  const written = write()
  if (!written.ok || heeding.length === 0) return { written, followed: null }
  const results = heeding.map(one => {
    const viommu = claim(machine, dialect, one, root)
    return viommu.way === 'nested'
      ? passOn(machine, dialect, viommu, { span, changed: before.length > 0 })
      : follow(machine, dialect, viommu, span)
  })
  const followed = results.reduce(sum, NONE)
  machine.costs.add('hotCalls', followed.calls)
  return { written, followed }
}

const sum = (a: Followed, b: Followed): Followed => ({
  calls: a.calls + b.calls,
  refused: a.refused + b.refused,
})

/** The vIOMMUs that a table is theirs, else the oldest that has none yet, where nothing else has the table. */
function heed(machine: Machine, root: bigint): readonly ViommuRecord[] {
  const alive = machine.root.viommus.filter(one => isAlive(machine, one))
  const owners = alive.filter(one => one.table === root)
  if (owners.length > 0) return owners
  const bound = [...machine.root.spaces.values()].some(space => space.userTable?.root === root)
  return bound ? [] : alive.filter(one => one.table === null).slice(0, 1)
}

/** Its device still sits in its space. */
function isAlive(machine: Machine, { device, pasid, space }: ViommuRecord): boolean {
  const { attachments } = machine.device(device)
  return attachments.some(at => at.space === space && at.pasid === pasid)
}

/** The table that a guest writes first is the one it gives to a vIOMMU without. */
function claim(machine: Machine, dialect: Dialect, viommu: ViommuRecord, table: bigint): ViommuRecord {
  if (viommu.table !== null) return viommu
  const known = { ...viommu, table }
  machine.update({ viommus: machine.root.viommus.map(one => (one === viommu ? known : one)) })
  const what = `table of ${viommu.device}: ${hex(table)}`
  machine.emit({ kind: 'message', actor: 'guest', to: 'vmm', what, ref: viommu.device })
  if (viommu.way === 'nested') carryOut(machine, dialect, { kind: 'bind', space: viommu.space, table })
  return known
}

function passOn(
  machine: Machine,
  dialect: Dialect,
  viommu: ViommuRecord,
  { span, changed }: { readonly span: PageSpan; readonly changed: boolean },
): Followed {
  if (!changed && !machine.platform.caps(machine.hwConfig, null).flushOnMap) return NONE
  trap(machine, viommu, span)
  const { device, pasid, space } = viommu
  const range = { iova: addressOf(span.first), size: addressOf(span.last - span.first + 1) }
  return carry(machine, dialect, { kind: 'invalidate', device, pasid, space, range })
}

/** The guest's invalidation leaves it for the VMM. */
function trap(machine: Machine, { device }: ViommuRecord, { first, last }: PageSpan): void {
  const pages = last - first + 1
  const what = `invalidation for ${device}, ${pages} ${pages === 1 ? 'page' : 'pages'} at ${hex(addressOf(first))}`
  machine.emit({ kind: 'message', actor: 'guest', to: 'vmm', what, ref: device })
}

/** Makes what a VMM has mapped for [first, last] equal to what the guest's table says there. */
export function follow(machine: Machine, dialect: Dialect, viommu: ViommuRecord, span: PageSpan): Followed {
  if (viommu.table === null) return NONE
  const wanted = guestMappings(machine, viommu.table, span)
  const stood = mapped(machine, viommu, span)
  const kept = stood.filter(run => isWanted(clip(run, span), wanted))
  const gone = stood.filter(run => !kept.includes(run))
  const rest = gone.flatMap(run => without(run, [span]))
  const fresh = [...rest, ...wanted.flatMap(run => without(run, kept))].sort((a, b) => a.first - b.first)
  if (gone.length + fresh.length > 0) trap(machine, viommu, span)
  return [
    ...gone.map(run => unmap(machine, dialect, viommu, run)),
    ...fresh.flatMap(run => targetsOf(machine, viommu, run)).map(run => map(machine, dialect, viommu, run)),
  ].reduce(sum, NONE)
}

/** What the VMM has mapped that meets a span, whole. */
function mapped(machine: Machine, viommu: ViommuRecord, { first, last }: PageSpan): readonly GuestMapping[] {
  const { ranges } = machine.bulk
  const found: GuestMapping[] = []
  ranges.forEachIn(TREE.mirrored(viommu.uid), first, last, slot => {
    const [from, to] = [ranges.first(slot), ranges.last(slot)]
    found.push({ first: from, last: to, target: ranges.a(slot), perm: ranges.b(slot) })
  })
  return found
}

function clip(run: GuestMapping, span: PageSpan): GuestMapping {
  const first = Math.max(run.first, span.first)
  return { ...run, first, last: Math.min(run.last, span.last), target: run.target + (first - run.first) }
}

function isWanted(run: GuestMapping, wanted: readonly GuestMapping[]): boolean {
  return wanted.some(
    one =>
      one.first <= run.first &&
      one.last >= run.last &&
      one.target - one.first === run.target - run.first &&
      one.perm === run.perm,
  )
}

/** The pieces of a run outside of `holes`, which are in ascending order. */
function without(run: GuestMapping, holes: readonly PageSpan[]): readonly GuestMapping[] {
  const pieces: GuestMapping[] = []
  let from = run.first
  for (const hole of holes) {
    if (hole.last < from || hole.first > run.last) continue
    if (hole.first > from) pieces.push(clip(run, { first: from, last: hole.first - 1 }))
    from = hole.last + 1
  }
  return from <= run.last ? [...pieces, clip(run, { first: from, last: run.last })] : pieces
}

interface Wish extends GuestMapping {
  /** What the call says: a page of process memory, or of the parent. */
  readonly said: number
}

/** A run in the words of the space: as it is over guest addresses, else by the process memory behind it. */
function targetsOf(machine: Machine, viommu: ViommuRecord, run: GuestMapping): readonly Wish[] {
  const { parent } = machine.space(viommu.space)
  const inGuestAddresses = parent !== null && machine.space(parent).kind !== 'dummy'
  if (inGuestAddresses) return [{ ...run, said: run.target }]
  const found: Wish[] = []
  eachGuestRun(machine, run.target, run.target + (run.last - run.first), (page, hva, pages) => {
    const first = run.first + (page - run.target)
    found.push({ first, last: first + pages - 1, target: page, perm: run.perm, said: hva })
  })
  return found
}

function map(machine: Machine, dialect: Dialect, viommu: ViommuRecord, run: Wish): Followed {
  const { first, last, target, perm, said } = run
  const bytes = { iova: addressOf(first), target: addressOf(said), size: addressOf(last - first + 1) }
  const done = carry(machine, dialect, { kind: 'map', space: viommu.space, ...bytes, perm })
  if (done.refused === 0) machine.bulk.ranges.insert(TREE.mirrored(viommu.uid), first, last, target, perm)
  return done
}

function unmap(machine: Machine, dialect: Dialect, viommu: ViommuRecord, run: PageSpan): Followed {
  const bytes = { iova: addressOf(run.first), size: addressOf(run.last - run.first + 1) }
  machine.bulk.ranges.remove(TREE.mirrored(viommu.uid), run.first)
  return carry(machine, dialect, { kind: 'unmap', space: viommu.space, ...bytes })
}

function carry(machine: Machine, dialect: Dialect, intent: Intent): Followed {
  const { calls, answer } = carryOut(machine, dialect, intent)
  return { calls, refused: answer === null || answer.errno !== null ? 1 : 0 }
}
