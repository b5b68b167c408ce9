/**
 * The calls by which a VMM gets its will under either proposal; a dialect says how its own are spelled, and how a
 * space is made.
 *
 * Source: v1 5.1 to 5.6, v2 4.1 to 4.6 (which calls a VMM makes when), R2 and R3 (what must be left and joined
 * first), R35, R38.
 */
import { bindingTo } from '../kernel/bindings'
import { ancestors, registersMemory } from '../kernel/lineage'
import type { Machine } from '../kernel/machine'
import type { SpaceRecord } from '../kernel/state'
import type {
  CallOutput,
  GuestTableKind,
  IntentKinds,
  Intents,
  Requester,
  RootType,
  VmmCall,
  VmmPlan,
  VmmValue,
} from './contract'
import { deviceFile } from './device-file'
import { cookieFor, namesDevice } from './fault-calls'
import { ATTACH_PASID, RESPONSE_CODES, SPACE_TYPES } from './proposal-words.data'

type Ioctl = Omit<VmmCall, 'fd'>

/** The field of an allocation that says a root's type; a plain one says nothing. */
export function typeField(type: RootType): Readonly<Record<string, bigint>> {
  const row = SPACE_TYPES.find(({ kind }) => kind === type)
  return row === undefined ? {} : { type: row.value }
}

export interface ProposalCalls {
  readonly own: string
  readonly enable: string
  readonly free: string
  readonly map: string
  readonly unmap: string
  readonly invalidate: string
  readonly respond: string
  /** A space that the kernel manages: a root of a type, or a child of the space of that number. */
  readonly make: (over: bigint | null, type: RootType) => Ioctl
  /** A guest's table on a space that is there; null where a table comes with the allocation only. */
  readonly bind: ((ioasid: VmmValue, table: bigint, of: GuestTableKind) => Ioctl) | null
  /** A child with a guest's table, in one call; null where it takes `make` and `bind`. */
  readonly nest: ((over: bigint, table: bigint, of: GuestTableKind) => Ioctl) | null
  /** Where an attach names the file of the space too. */
  readonly namesFile: boolean
}

const numberOf = (machine: Machine, uid: number): bigint => BigInt(machine.space(uid).id)
const fileOf = (machine: Machine, context: number): number => machine.root.contexts.get(context)?.fd ?? -1
const plan = (...calls: readonly VmmCall[]): VmmPlan => ({ calls })

interface Made {
  readonly fd: number
  readonly made: CallOutput
  readonly calls: readonly VmmCall[]
}

/** What a VMM of a proposal does; reads the machine and changes nothing. */
class Vmm {
  private readonly calls: ProposalCalls
  private readonly machine: Machine

  constructor(calls: ProposalCalls, machine: Machine) {
    this.calls = calls
    this.machine = machine
  }

  /** An ioctl on the file of a space's context. */
  onSpace(uid: number, command: string, fields: VmmCall['fields'] = {}): VmmCall {
    const space = this.machine.space(uid)
    const ioasid = BigInt(space.id)
    return { fd: fileOf(this.machine, space.context), command, fields: { ioasid, ...fields } }
  }

  own({ device, context }: IntentKinds['own']): VmmPlan {
    const fields = { fd: BigInt(fileOf(this.machine, context)) }
    return plan({ fd: deviceFile(this.machine, device), command: this.calls.own, fields })
  }

  attach(requester: Requester, uid: number): VmmCall {
    return this.routing('VFIO_ATTACH_IOASID', requester, this.place(this.machine.space(uid)))
  }

  detach(requester: Requester, uid: number): VmmCall {
    return this.routing('VFIO_DETACH_IOASID', requester, this.place(this.machine.space(uid)))
  }

  private place({ context, id }: SpaceRecord): Place {
    return { context, ioasid: BigInt(id) }
  }

  private routing(command: string, { device, pasid }: Requester, { context, ioasid }: Place): VmmCall {
    const tag = pasid === null ? {} : { flag: ATTACH_PASID, user_pasid: BigInt(pasid) }
    const file = this.calls.namesFile ? { fd: BigInt(fileOf(this.machine, context)) } : {}
    const fd = bindingTo(this.machine.device(device), context)?.fd ?? -1
    return { fd, command, fields: { ioasid, ...file, ...tag } }
  }

  /** Under activation=enable-call a space takes maps and tables only after this (R35). */
  private enabling(fd: number, ioasid: VmmValue): readonly VmmCall[] {
    const asked = this.machine.policy.activation === 'enable-call'
    return asked ? [{ fd, command: this.calls.enable, fields: { ioasid } }] : []
  }

  /** The spaces that a device must sit in before it can enter a child of `over`, topmost first (R3). */
  private line(over: number | null): readonly number[] {
    if (over === null) return []
    const above = [over, ...ancestors(this.machine, this.machine.space(over))]
    return above.filter(uid => !registersMemory(this.machine.space(uid))).reverse()
  }

  /** Leaves what is beside the line (R2), deepest first, and joins what is missing of it. */
  private moves(requester: Requester, over: number | null): readonly VmmCall[] {
    const kept = this.line(over)
    const { attachments } = this.machine.device(requester.device)
    const left = attachments.filter(at => at.pasid === requester.pasid && !kept.includes(at.space)).reverse()
    const missing = kept.filter(uid => !attachments.some(at => at.space === uid))
    const untagged = { device: requester.device, pasid: null }
    return [
      ...left.map(at => this.detach(requester, at.space)),
      ...missing.map(uid => this.attach(untagged, uid)),
    ]
  }

  /** A new space made by `making` with the requester in it; `made` is its number. */
  ownSpace(requester: Requester, over: number | null, making: Ioctl): Made {
    const before = this.moves(requester, over)
    const context = this.contextFor(requester, over)
    const fd = fileOf(this.machine, context)
    const made: CallOutput = { call: before.length, field: null }
    const joined = this.routing('VFIO_ATTACH_IOASID', requester, { context, ioasid: made })
    return { fd, made, calls: [...before, { fd, ...making }, joined, ...this.enabling(fd, made)] }
  }

  private contextFor({ device }: Requester, over: number | null): number {
    const [binding] = this.machine.device(device).bindings
    return over === null ? (binding?.context ?? 0) : this.machine.space(over).context
  }

  nest({ over, table, of, ...requester }: IntentKinds['nest']): VmmPlan {
    const parent = numberOf(this.machine, over)
    const { nest, make, bind } = this.calls
    if (nest !== null) return plan(...this.ownSpace(requester, over, nest(parent, table, of)).calls)
    const { fd, made, calls } = this.ownSpace(requester, over, make(parent, 'plain'))
    return bind === null ? NO_BIND : plan(...calls, { fd, ...bind(made, table, of) })
  }

  bind({ space, table }: IntentKinds['bind']): VmmPlan {
    const { bind } = this.calls
    if (bind === null) return NO_BIND
    const { fields, command } = bind(numberOf(this.machine, space), table, 'page-table')
    return plan(this.onSpace(space, command, fields))
  }

  /** An ioctl on the file of the virtual machine. */
  onProcessor(command: string, { space: uid, pasid }: IntentKinds['mapPasid']): VmmPlan {
    const vm = [...this.machine.root.files].find(([, file]) => file.kind === 'kvm')
    if (vm === undefined) return { noEquivalent: 'no file of a virtual machine is open' }
    const { context, id } = this.machine.space(uid)
    const fields = { ioasid_fd: BigInt(fileOf(this.machine, context)), ioasid: BigInt(id) }
    return plan({ fd: vm[0], command, fields: { ...fields, user_pasid: BigInt(pasid) } })
  }

  /** Under fault-target=cookie the answer names the device and its PASID, as the report did. */
  respond({ fault, code }: IntentKinds['respond']): VmmPlan {
    const value = RESPONSE_CODES.find(row => row.code === code)?.value ?? 0n
    const cookie = cookieFor(this.machine, fault)
    const which = {
      ...(cookie === null ? {} : { cookie }),
      ...(fault.pasid === null ? {} : { user_pasid: BigInt(fault.pasid) }),
    }
    const fields = { addr: fault.address, code: value, ...(namesDevice(this.machine) ? which : {}) }
    return plan(this.onSpace(fault.space, this.calls.respond, fields))
  }
}

interface Place {
  readonly context: number
  readonly ioasid: VmmValue
}

const NO_BIND: VmmPlan = { noEquivalent: 'a table comes with the allocation of its space, and never later' }

export function proposalIntents(calls: ProposalCalls): Intents {
  const by = (machine: Machine): Vmm => new Vmm(calls, machine)
  return {
    own: (machine, wish) => by(machine).own(wish),
    space: (machine, { context, over, type }) => {
      const fd = fileOf(machine, context)
      return plan({ fd, ...calls.make(over === null ? null : numberOf(machine, over), type) })
    },
    free: (machine, { space }) => plan(by(machine).onSpace(space, calls.free)),
    attach: (machine, { space, ...requester }) => plan(by(machine).attach(requester, space)),
    detach: (machine, { space, ...requester }) => plan(by(machine).detach(requester, space)),
    isolate: (machine, { over, ...requester }) => {
      const making = calls.make(over === null ? null : numberOf(machine, over), 'plain')
      return plan(...by(machine).ownSpace(requester, over, making).calls)
    },
    nest: (machine, wish) => by(machine).nest(wish),
    bind: (machine, wish) => by(machine).bind(wish),
    release: (machine, { space, ...requester }) =>
      plan(by(machine).detach(requester, space), by(machine).onSpace(space, calls.free)),
    map: (machine, { space, iova, target, size, perm }) =>
      plan(by(machine).onSpace(space, calls.map, { iova, vaddr: target, size, flags: BigInt(perm) })),
    unmap: (machine, { space, iova, size }) => plan(by(machine).onSpace(space, calls.unmap, { iova, size })),
    invalidate: (machine, { space, range }) =>
      plan(
        by(machine).onSpace(
          space,
          calls.invalidate,
          range === null ? {} : { iova: range.iova, size: range.size },
        ),
      ),
    mapPasid: (machine, wish) => by(machine).onProcessor('KVM_MAP_PASID', wish),
    unmapPasid: (machine, wish) => by(machine).onProcessor('KVM_UNMAP_PASID', wish),
    respond: (machine, wish) => by(machine).respond(wish),
  }
}
