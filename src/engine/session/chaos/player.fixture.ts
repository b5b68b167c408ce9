/**
 * For tests: calls, guest writes and DMAs in no order at all on one machine, made from the tables of a dialect. What
 * the machine answers to each DMA is held against the naive model.
 */

import type { Command, Dialect, Intent } from '../../dialects/contract'
import { type Bench, GIB } from '../../dialects/fixture'
import type { Random } from '../../dialects/generator.fixture'
import { carryOut } from '../../dialects/intents'
import type { FieldWord } from '../../flow'
import { bindingTo } from '../../kernel/bindings'
import { guestMap, guestUnmap } from '../../kernel/guest-tables'
import { translate } from '../../kernel/requests'
import { isTranslated, routedTo } from '../../kernel/routing'
import { AreaFlag, type DeviceRecord, pageOf, type SpaceRecord, TREE } from '../../kernel/state'
import type { EventBody } from '../../trace/events'
import { guestActs } from '../../vmm/follow'
import { startViommu, VIOMMU_WAYS } from '../../vmm/viommu'
import { granted, hostOf, isMerged, meaning } from './naive.fixture'

const PAGE = 4096n
/** Pages that calls and DMAs are about. */
export const PAGES = 48
/** Guest memory: 8 MiB at HVA 1 GiB, its tables at the top. */
export const GUEST = { first: 0, last: 0x7ff, hva: Number(GIB / PAGE) }
interface Span {
  readonly first: number
  readonly last: number
}

const ROOTS = [0n, 1n, 2n, 3n].map(nth => (BigInt(GUEST.last) - nth) * PAGE)

/** Guest memory in the pieces in which it is mapped: what calls and DMAs are about in small ones. */
const PIECES: readonly Span[] = [0, 16, 32, 48, 64].map(first => ({
  first,
  last: first === 64 ? GUEST.last : first + 15,
}))

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

export interface PlayerOptions {
  /** A device may write what may be read alone, and read what may be written (TCEs). */
  readonly writeGivesRead: boolean
}

export class Player {
  readonly bench: Bench
  /** How often each thing happened that makes a run worth something. */
  readonly seen = { went: 0, refused: 0, through: 0, faulted: 0, nested: 0, compared: 0 }
  private readonly random: Random
  private readonly options: PlayerOptions
  private readonly dialect: Dialect
  /** Guest writes that no invalidation has named, by the uid of the space with the table. */
  private readonly unflushed = new Map<number, Span[]>()
  /** The last few DMAs that went through. */
  private lately: readonly Ask[] = []
  /** Process pages by the host page behind them. */
  private readonly behind = new Map<number, number>()

  constructor(bench: Bench, random: Random, options: PlayerOptions) {
    this.bench = bench
    this.random = random
    this.options = options
    this.dialect = bench.dialect
    for (let page = GUEST.hva; page <= GUEST.hva + GUEST.last; page++)
      this.behind.set(hostOf(bench.machine, page) ?? -1, page)
  }

  private get machine() {
    return this.bench.machine
  }

  /** One random thing. What is wrong with what came of it, or null. */
  step(): string | null {
    const act = pick(this.random, this.acts)
    const problem = act()
    this.forget()
    return problem ?? (this.random(3) === 0 ? this.oncemore() : null)
  }

  /** What went through lately is tried once more: what is still cached of it must be right. */
  private oncemore(): string | null {
    for (const { device, ...ask } of [...this.lately]) {
      const problem = this.request({ ...ask, device: this.machine.device(device.name) })
      if (problem !== null) return problem
    }
    return null
  }

  private readonly acts: readonly (() => string | null)[] = [
    ...times(7, () => this.anyCall()),
    ...times(3, () => this.open()),
    () => (this.random(90) === 0 ? this.close() : this.dma()),
    ...times(8, () => this.move()),
    ...times(10, () => this.map()),
    ...times(5, () => this.unmap()),
    ...times(2, () => this.boot()),
    ...times(3, () => this.again()),
    ...times(6, () => this.guestWrites()),
    ...times(6, () => this.invalidate()),
    ...times(1, () => this.viommu()),
    ...times(24, () => this.dma()),
  ]

  // Calls.

  /** A command of the dialect with fields that mean something, most of the time. */
  private anyCall(): string | null {
    const command = pick(this.random, this.dialect.commands)
    const fields: Record<string, bigint> = {}
    for (const field of command.fields)
      if (this.random(4) > 0) fields[field.name] = this.value(command, field)
    const { errno } = this.bench.ioctl(this.fd(command.file), command.name, fields)
    if (errno === null) this.seen.went++
    else this.seen.refused++
    return null
  }

  private value(command: Command, field: FieldWord): bigint {
    const { random } = this
    switch (field.role) {
      case 'ioasid':
        return BigInt(random(8))
      case 'iova':
        return this.address(PAGES)
      case 'vaddr':
        return random(2) === 0 ? GIB + this.address(64) : this.address(64)
      case 'size':
        return BigInt(random(9)) * PAGE
      case 'table-address':
        return pick(random, ROOTS)
      case 'context-fd':
        return BigInt(this.fd('context'))
      case 'flags':
      case 'number':
      case 'cookie':
      case 'pasid':
        return BigInt(random(command.file === 'kvm' ? 8 : 4))
      default:
        return BigInt(random(10))
    }
  }

  private address(pages: number): bigint {
    return BigInt(this.random(pages)) * PAGE + (this.random(60) === 0 ? 1n : 0n)
  }

  /** Mostly an open file of the kind, now and then any number. */
  private fd(kind: Command['file']): number {
    if (this.random(30) === 0) return this.random(12)
    const fds = [...this.machine.root.files].flatMap(([fd, file]) => (file.kind === kind ? [fd] : []))
    return fds.length === 0 ? 3 : pick(this.random, fds)
  }

  /** Opens what is not open, binds what is not bound, and now and then does either once too often. */
  private open(): string | null {
    const { files, root } = { files: this.dialect.files, root: this.machine.root }
    const open = new Set([...root.files.values()].map(file => file.path))
    const paths = [
      ...files.flatMap(file => (file.prefix ? [] : [file.path])),
      ...this.devices().map(device => device.path),
      '/dev/null',
    ]
    for (const path of paths)
      if (!open.has(path) || (this.random(20) === 0 && root.files.size < 12)) this.bench.tryOpen(path)
    const bind = this.dialect.commands.find(({ name }) => /^VFIO_BIND_IO(ASID|MMU)_FD$/.test(name))
    for (const [fd, file] of this.machine.root.files)
      if (file.kind === 'device' && bind !== undefined)
        this.bench.ioctl(fd, bind.name, { fd: this.fd('context'), cookie: fd })
    return null
  }

  /** Every device into one new root that has all of guest memory. */
  private boot(): string | null {
    const apart = (device: DeviceRecord) => device.attachments.length === 0 || this.random(6) === 0
    const [first, ...others] = this.devices().filter(device => device.bindings.length > 0 && apart(device))
    if (first === undefined || !this.carry({ kind: 'isolate', device: first.name, pasid: null, over: null }))
      return null
    const space = this.machine.device(first.name).attachments.at(-1)?.space
    if (space === undefined) return null
    for (const { name } of others) this.carry({ kind: 'attach', device: name, pasid: null, space })
    return this.everything(space)
  }

  private close(): string | null {
    const fds = [...this.machine.root.files.keys()]
    if (fds.length > 0) this.bench.close(pick(this.random, fds))
    return null
  }

  // What a VMM does.

  private carry(intent: Intent): boolean {
    const { answer } = carryOut(this.machine, this.dialect, intent)
    const went = answer !== null && answer.errno === null
    this.seen[went ? 'went' : 'refused']++
    return went
  }

  private devices(): readonly DeviceRecord[] {
    return [...this.machine.root.devices.values()]
  }

  private spaces(): readonly SpaceRecord[] {
    return [...this.machine.root.spaces.values()]
  }

  private space(): SpaceRecord | null {
    return this.spaces().length === 0 ? null : pick(this.random, this.spaces())
  }

  private move(): string | null {
    const device = pick(this.random, this.devices())
    const pasid = this.random(4) === 0 ? 1 + this.random(3) : null
    const who = { device: device.name, pasid }
    const space = this.space()
    if (space === null || bindingTo(device, space.context) === null) return null
    const over = this.random(3) === 0 ? null : space.uid
    switch (this.random(6)) {
      case 0:
        this.carry({ kind: 'detach', ...who, space: space.uid })
        return null
      case 1:
        this.carry({ kind: 'isolate', ...who, over })
        return null
      case 2:
        this.carry({
          kind: 'nest',
          ...who,
          over: space.uid,
          table: pick(this.random, ROOTS),
          of: 'page-table',
        })
        return null
      default:
        this.carry({ kind: 'attach', ...who, space: space.uid })
        return null
    }
  }

  private map(): string | null {
    const space = this.space()
    if (space === null) return null
    const target = (space.parent === null ? GIB : 0n) + BigInt(this.random(64)) * PAGE
    const bytes = { iova: BigInt(this.random(PAGES)) * PAGE, size: BigInt(1 + this.random(8)) * PAGE }
    this.carry({ kind: 'map', space: space.uid, target, ...bytes, perm: 1 + this.random(3) })
    return null
  }

  /** All of guest memory at its own addresses: what tables of a guest are walked over. */
  private everything(space: number): string | null {
    for (const piece of PIECES) this.identity(space, piece)
    return null
  }

  /** One piece of it, which may have been unmapped since. */
  private again(): string | null {
    const roots = this.spaces().filter(space => space.parent === null && space.attachments.length > 0)
    if (roots.length > 0) this.identity(pick(this.random, roots).uid, pick(this.random, PIECES))
    return null
  }

  private identity(space: number, { first, last }: Span): void {
    const [iova, size] = [BigInt(first) * PAGE, BigInt(last - first + 1) * PAGE]
    this.carry({ kind: 'map', space, iova, target: GIB + iova, size, perm: 3 })
  }

  private unmap(): string | null {
    const space = this.space()
    if (space === null) return null
    const { ranges } = this.machine.bulk
    const slot = ranges.firstFrom(TREE.areas(space.uid), this.random(PAGES))
    if (slot < 0) return null
    const iova = BigInt(ranges.first(slot)) * PAGE
    const size = BigInt(ranges.last(slot) - ranges.first(slot) + 1) * PAGE
    if (size > 64n * PAGE && this.random(6) > 0) return null
    this.carry({ kind: 'unmap', space: space.uid, iova, size })
    return null
  }

  // What a guest does.

  private guestWrites(): string | null {
    const root = pick(this.random, ROOTS)
    const page = this.random(PAGES)
    const pages = 1 + this.random(6)
    const span = { first: page, last: page + pages - 1 }
    const maps = this.random(3) > 0
    const write = () =>
      maps
        ? guestMap(this.machine, {
            root,
            page,
            pages,
            target: this.random(64),
            perm: this.random(3) === 0 ? 1 : 3,
          })
        : guestUnmap(this.machine, { root, page, pages })
    const { written } = guestActs(this.machine, this.dialect, { root, span }, write)
    if (!written.ok) return null
    for (const { uid } of this.withTable(root))
      this.unflushed.set(uid, [...(this.unflushed.get(uid) ?? []), span])
    return null
  }

  private withTable(root: bigint): readonly SpaceRecord[] {
    return this.spaces().filter(space => space.userTable?.root === root)
  }

  /** Mostly names what the guest wrote last. */
  private invalidate(): string | null {
    const users = this.spaces().filter(space => space.userTable !== null && space.attachments.length > 0)
    if (users.length === 0) return null
    const { uid, attachments } = pick(this.random, users)
    const spans = this.unflushed.get(uid) ?? []
    const named = this.random(3) === 0 ? null : (spans.at(-1) ?? { first: 0, last: PAGES })
    const range =
      named === null
        ? null
        : { iova: BigInt(named.first) * PAGE, size: BigInt(named.last - named.first + 1) * PAGE }
    const [who] = attachments
    if (who === undefined || !this.carry({ kind: 'invalidate', ...who, space: uid, range })) return null
    const left = spans.filter(span => named !== null && (span.first < named.first || span.last > named.last))
    this.unflushed.set(uid, left)
    return null
  }

  private viommu(): string | null {
    const device = pick(this.random, this.devices())
    const space = this.space()
    if (space === null) return null
    const way = pick(this.random, VIOMMU_WAYS)
    const table = this.random(2) === 0 ? null : pick(this.random, ROOTS)
    startViommu(this.machine, this.dialect, { device, ioasid: BigInt(space.id), way, table })
    return null
  }

  /** Spaces that are gone, or have another table, have nothing left unflushed. */
  private forget(): void {
    for (const uid of this.unflushed.keys())
      if (this.machine.root.spaces.get(uid)?.userTable == null) this.unflushed.delete(uid)
  }

  // What a device does.

  dma(): string | null {
    const device = pick(this.random, this.devices())
    const pasids = device.pasidRoutes.map(route => route.pasid)
    const pasid = pasids.length > 0 && this.random(2) === 0 ? pick(this.random, pasids) : null
    const access = this.random(2) === 0 ? 'write' : 'read'
    return this.request({ device, pasid, page: this.random(PAGES + 16), access })
  }

  /** Makes one DMA of one byte and says what is wrong with where it went. */
  private request(ask: Ask): string | null {
    const { device, pasid, page, access } = ask
    const address = BigInt(page) * PAGE
    const asked = { device, address, pasid, access, commit: false, cached: false } as const
    const fresh = translate(this.machine, asked)
    const runs: bigint[] = []
    const listening: EventBody[] = []
    this.machine.events = { on: true, emit: event => listening.push(event) }
    const text = String.fromCharCode(65 + this.random(26))
    const outcome =
      access === 'write'
        ? this.bench.write(device.name, address, text, pasid).ok
        : !/^(fault|pending)/.test(this.bench.read(device.name, address, 1, pasid))
    this.machine.silence()
    for (const event of listening) if (event.kind === 'dma') runs.push(...event.runs.map(run => run.hpa))
    const went = outcome ? pageOf(runs[0] ?? -1n) : null
    this.seen[outcome ? 'through' : 'faulted']++
    this.lately = this.lately.filter(one => one.page !== page || one.device.name !== device.name)
    if (outcome) this.lately = [ask, ...this.lately].slice(0, 3)
    const found = this.judge(ask, went, fresh.ok ? Math.floor(fresh.output / 4096) : null)
    return found === null ? null : `${device.name} ${pasid ?? '-'} ${access} of page ${page}: ${found}`
  }

  /** `went` and `fresh`: host pages, null where the DMA, or a walk without caches, came to nothing. */
  private judge(ask: Ask, went: number | null, fresh: number | null): string | null {
    const { device, pasid } = ask
    const uid = device.bindings.length === 0 ? null : routedTo(device, pasid)
    if (uid === null) return went === null ? null : `went to ${went}, and the device is routed nowhere`
    const space = this.machine.space(uid)
    if (isMerged(space)) return this.judgeMerged(ask, uid, went)
    if (space.kind === 'sva') return went === fresh ? null : `went to ${went}, the process has ${fresh}`
    return this.judgeNested(ask, space, went, fresh)
  }

  private judgeMerged({ device, page, access }: Ask, uid: number, went: number | null): string | null {
    const means = meaning(this.machine, uid, page)
    const need = access === 'write' ? AreaFlag.write : AreaFlag.read
    const given = means === null ? 0 : means.perm
    const may =
      (given & need) !== 0 ||
      (this.options.writeGivesRead && isTranslated(device) && given !== 0 && access === 'read')
    const should = may ? (means?.host ?? null) : null
    return went === should ? null : `went to ${went}, the areas say ${should}`
  }

  private judgeNested(
    { access }: Ask,
    space: SpaceRecord,
    went: number | null,
    fresh: number | null,
  ): string | null {
    this.seen.nested++
    // What a shadow is made over may have no table itself, as one that only registers memory.
    const { parent } = space
    if (went !== null) {
      const hva = this.behind.get(went)
      const rights = parent === null || hva === undefined ? 0 : granted(this.machine, parent, hva)
      const need = access === 'write' ? AreaFlag.write : AreaFlag.read
      if ((rights & need) === 0) return `went to ${went}, which the parent does not give`
    }
    if ((this.unflushed.get(space.uid) ?? []).length > 0) return null
    this.seen.compared++
    return went === fresh ? null : `went to ${went}, and all was invalidated: the tables say ${fresh}`
  }
}

interface Ask {
  readonly device: DeviceRecord
  readonly pasid: number | null
  readonly page: number
  readonly access: 'read' | 'write'
}

const times = (count: number, act: () => string | null) => Array.from({ length: count }, () => act)
