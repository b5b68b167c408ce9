/**
 * The other API's side of a translation: a machine that takes the calls as they are written, and what was made on it
 * for each space of the flow.
 *
 * A space over another one is made as such where the API merges mappings in the kernel; else the VMM shadows it: it
 * composes the mappings and keeps a root of its own. A space that a guest's table will lie on is made with its table.
 * Where a requester can be in one space only, it is put into the last one it was attached to.
 */

import type { Dialect, Intent, VmmCall } from '../dialects/contract'
import type { CallAnswer } from '../dialects/dispatch'
import { lowerIntent, makeCall } from '../dialects/intents'
import { registersMemory } from '../kernel/lineage'
import type { Machine } from '../kernel/machine'
import { type Piece, samePiece, through, type Wanted, type WantedDevice, type WantedSpace } from './wanted'

/** A call that was made, and what it answered. */
export interface MadeCall {
  readonly call: VmmCall
  readonly answers: readonly CallAnswer[]
  readonly answer: CallAnswer
  /** Names a space that the call made. */
  readonly makes: string | null
}

export interface Listener {
  made(call: MadeCall): void
  /** What the API has no calls for. */
  without(why: string): void
  remark(text: string): void
}

type Requester = { readonly device: string; readonly pasid: number | null }

export class Target {
  readonly machine: Machine
  readonly dialect: Dialect
  private readonly listener: Listener
  /** uid here by uid in the flow's machine. */
  private readonly spaces = new Map<number, number>()
  private readonly contexts = new Map<number, number>()
  private readonly shown = new Map<number, readonly Piece[]>()
  /** The flow's spaces that a requester is in here, by device and PASID. */
  private readonly seats = new Map<string, readonly number[]>()
  private readonly bound = new Set<string>()
  /** Spaces of the flow that a guest's table lies on sooner or later. */
  private readonly nested: ReadonlySet<number>
  private merges: boolean | null = null

  constructor(machine: Machine, dialect: Dialect, nested: ReadonlySet<number>, listener: Listener) {
    this.machine = machine
    this.dialect = dialect
    this.nested = nested
    this.listener = listener
  }

  context(uid: number, here: number): void {
    this.contexts.set(uid, here)
  }

  /** Makes the calls that lead from what was wanted before to what is wanted now; their number. */
  follow(before: Wanted, now: Wanted): number {
    let calls = 0
    const act = (intent: Intent, name: string | null = null) => {
      calls += this.act(intent, name)
    }
    for (const device of now.devices) this.bind(device, act)
    for (const space of now.spaces.values()) if (!before.spaces.has(space.uid)) this.make(space, act)
    this.leave(before, now, act)
    // Where a space takes nothing before a device is in it, devices come first.
    if (this.machine.policy.ready !== 'after-attach') this.pieces(now, act)
    for (const device of now.devices) this.seat(device, now, act)
    if (this.machine.policy.ready === 'after-attach') this.pieces(now, act)
    this.processor(before, now, act)
    for (const uid of before.spaces.keys()) if (!now.spaces.has(uid)) this.free(uid, act)
    return calls
  }

  /** What came about without a call: it is there in the other API too, by what the text keeps. */
  adopt(before: Wanted, now: Wanted): void {
    for (const space of now.spaces.values()) {
      const known = before.spaces.get(space.uid)
      if (known !== undefined && known.pieces.length === space.pieces.length) continue
      if (this.spaces.has(space.uid)) this.shown.set(space.uid, this.shownBy(space, now))
    }
  }

  /** What the processor translates. */
  private processor(before: Wanted, now: Wanted, act: Act): void {
    const change = (kind: 'mapPasid' | 'unmapPasid', some: Wanted, others: Wanted): void => {
      for (const one of some.cpuPasids) {
        const space = this.spaces.get(one.space)
        const kept = others.cpuPasids.some(other => other.space === one.space && other.pasid === one.pasid)
        if (!kept && space !== undefined) act({ kind, space, pasid: one.pasid })
      }
    }
    change('unmapPasid', before, now)
    change('mapPasid', now, before)
  }

  invalidate(
    uid: number,
    range: { iova: bigint; size: bigint } | null,
    devices: readonly WantedDevice[],
  ): number {
    const space = this.spaces.get(uid)
    const inside = devices.find(device => device.attachments.some(at => at.space === uid))
    if (space === undefined || inside === undefined) return 0
    const pasid = inside.attachments.find(at => at.space === uid)?.pasid ?? null
    return this.act({ kind: 'invalidate', device: inside.name, pasid, space, range }, null)
  }

  private bind(device: WantedDevice, act: Act): void {
    for (const uid of device.contexts) {
      const key = `${device.name} ${uid}`
      const context = this.contexts.get(uid)
      if (this.bound.has(key) || context === undefined) continue
      this.bound.add(key)
      act({ kind: 'own', device: device.name, context }, device.name)
    }
  }

  private make(space: WantedSpace, act: Act): void {
    const context = this.contexts.get(space.context)
    if (this.nested.has(space.uid) || context === undefined) return
    const over = space.over === null ? null : (this.spaces.get(space.over) ?? null)
    const known = new Set(this.machine.root.spaces.keys())
    if (space.over !== null && !this.mergesIn(context, over)) {
      this.listener.remark(
        'no space over another one: the VMM composes the mappings of both and keeps them in a space of its own',
      )
      act({ kind: 'space', context, over: null, type: 'plain' }, space.name)
    } else act({ kind: 'space', context, over, type: space.type }, space.name)
    this.learn(space.uid, known)
  }

  private mergesIn(context: number, over: number | null): boolean {
    if (over === null) return false
    this.merges ??=
      'calls' in
      lowerIntent(this.machine, this.dialect, {
        kind: 'space',
        context,
        over,
        type: 'plain',
      })
    return this.merges
  }

  /** The space that was not there before is the one of that space of the flow. */
  private learn(uid: number, known: ReadonlySet<number>): void {
    const made = [...this.machine.root.spaces.keys()].filter(one => !known.has(one)).at(-1)
    if (made !== undefined) this.spaces.set(uid, made)
  }

  /** Pieces that are no more go first, of spaces over others before those; then what is new, the other way round. */
  private pieces(now: Wanted, act: Act): void {
    const spaces = [...now.spaces.values()].filter(
      space => this.spaces.has(space.uid) && space.table === null && this.takesMaps(space.uid),
    )
    const wanted = new Map(spaces.map(space => [space.uid, this.shownBy(space, now)]))
    for (const { uid } of spaces.toReversed()) {
      const space = this.spaces.get(uid) ?? 0
      for (const piece of this.missing(this.shown.get(uid), wanted.get(uid)))
        act({ kind: 'unmap', space, iova: piece.iova, size: piece.size })
    }
    for (const { uid } of spaces) {
      const space = this.spaces.get(uid) ?? 0
      for (const piece of this.missing(wanted.get(uid), this.shown.get(uid)))
        act({ kind: 'map', space, ...piece })
      this.shown.set(uid, wanted.get(uid) ?? [])
    }
  }

  /** Whether a space is ready; one that is not, no more or not yet, shows nothing. */
  private takesMaps(uid: number): boolean {
    const space = this.machine.root.spaces.get(this.spaces.get(uid) ?? -1)
    if (space === undefined || this.machine.policy.ready !== 'after-attach') return space !== undefined
    const ready = space.attachments.length > 0 && space.partialGroups.length === 0
    if (ready || registersMemory(space)) return true
    if (space.attachments.length === 0) this.shown.delete(uid)
    return false
  }

  private missing(some: readonly Piece[] = [], others: readonly Piece[] = []): readonly Piece[] {
    return some.filter(piece => !others.some(other => samePiece(piece, other)))
  }

  private shownBy(space: WantedSpace, now: Wanted): readonly Piece[] {
    const over = space.over === null ? undefined : now.spaces.get(space.over)
    if (over === undefined || this.merges === true) return space.pieces
    return through(space.pieces, this.shownBy(over, now))
  }

  /** Requesters that are in no space any more, or, where they can be in several, not in that one. */
  private leave(before: Wanted, now: Wanted, act: Act): void {
    for (const device of before.devices) {
      const after = now.devices.find(one => one.name === device.name)?.attachments ?? []
      for (const { space, pasid } of device.attachments.toReversed()) {
        const requester = { device: device.name, pasid }
        const stays = after.some(at => at.pasid === pasid && (at.space === space || this.merges !== true))
        const here = this.spaces.get(space)
        if (stays || here === undefined || !this.seatsOf(requester).includes(space)) continue
        act({ kind: 'detach', ...requester, space: here })
        this.seats.set(
          keyOf(requester),
          this.seatsOf(requester).filter(uid => uid !== space),
        )
      }
    }
  }

  private seatsOf(requester: Requester): readonly number[] {
    return this.seats.get(keyOf(requester)) ?? []
  }

  /** Puts a device's requests where the flow has them. */
  private seat(device: WantedDevice, now: Wanted, act: Act): void {
    const last = new Map(device.attachments.map(at => [at.pasid, at]))
    for (const { pasid, space: uid } of this.merges === true ? device.attachments : last.values()) {
      const requester = { device: device.name, pasid }
      const space = now.spaces.get(uid)
      if (this.seatsOf(requester).includes(uid) || space === undefined) continue
      if (this.nested.has(uid) && space.table === null) continue
      if (pasid !== null && this.isGuests(device, now)) {
        this.listener.remark('PASIDs of a table that the guest writes are told to nobody here')
        continue
      }
      this.enter(requester, space, act)
    }
  }

  /** Whether a guest's table decides about the PASIDs of a device, and no call of them is taken. */
  private isGuests({ attachments }: WantedDevice, now: Wanted): boolean {
    if (this.machine.policy['pasid-table'] !== 'delegated') return false
    return attachments.some(at => now.spaces.get(at.space)?.table?.of === 'pasid-table')
  }

  private enter(requester: Requester, { uid, over, table, name }: WantedSpace, act: Act): void {
    const there = this.spaces.get(uid)
    const parent = over === null ? undefined : this.spaces.get(over)
    if (there !== undefined) act({ kind: 'attach', ...requester, space: there })
    else if (table !== null && parent !== undefined) {
      const known = new Set(this.machine.root.spaces.keys())
      act({ kind: 'nest', ...requester, over: parent, table: table.address, of: table.of }, name)
      this.learn(uid, known)
    } else return
    this.seats.set(keyOf(requester), this.merges === true ? [...this.seatsOf(requester), uid] : [uid])
  }

  private free(uid: number, act: Act): void {
    const space = this.spaces.get(uid)
    this.spaces.delete(uid)
    this.shown.delete(uid)
    if (space !== undefined) act({ kind: 'free', space })
  }

  private act(intent: Intent, name: string | null): number {
    const plan = lowerIntent(this.machine, this.dialect, intent)
    if ('noEquivalent' in plan) {
      this.listener.without(plan.noEquivalent)
      return 0
    }
    const answers: CallAnswer[] = []
    for (const call of plan.calls) {
      const answer = makeCall(this.machine, this.dialect, call, answers)
      this.listener.made({ call, answers: [...answers], answer, makes: name })
      answers.push(answer)
      if (answer.errno !== null) {
        this.listener.remark(`here it is refused with -${answer.errno}: ${answer.message ?? ''}`)
        break
      }
    }
    return answers.length
  }
}

type Act = (intent: Intent, name?: string | null) => void

const keyOf = ({ device, pasid }: Requester): string => `${device} ${pasid ?? 'all'}`
