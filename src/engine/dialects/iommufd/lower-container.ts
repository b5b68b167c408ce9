/**
 * Calls of a VFIO container and of groups on an address space file: what each comes down to.
 *
 * Source: iommufd facts 2.22; recordings type1-compat, dev_legacy_compat_group.
 */
import { boundThrough } from '../../kernel/bindings'
import { groupOfFile, openGroupDevice, setGroup } from '../../kernel/groups'
import {
  compatIoas,
  compatPageSizes,
  compatUnmap,
  compatUnmapAll,
  isViable,
  mapMemory,
  openInContainer,
  pagetableOf,
  requireCompat,
  setHugePages,
  tablesOf,
  usableRanges,
} from '../../kernel/iommu'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { AreaFlag } from '../../kernel/state'
import { memoryThere } from '../../kernel/user-memory'
import { contextOf } from '../call-results'
import { deviceNamed, joining, structSize } from '../container-calls'
import type { Call, CallResult, Lowering } from '../contract'
import { finish, returns } from './argument'

/** Whole structs, and what a call reads at least. Bytes. */
const SIZES = { info: 24n, infoLeast: 16n, map: 32n, unmap: 24n } as const

function argsz(call: Call, natural: bigint, least: bigint): Outcome<bigint> {
  const address = call.args.given('argp')
  if (address !== null && !memoryThere(call.machine, address, Number(least), false))
    return refuse('type1.argument', { command: call.command })
  return structSize(call, natural, least)
}

export const getApiVersion: Lowering = () => returns()

const COHERENT = 4n
/** TYPE1, TYPE1v2, UNMAP_ALL, and that the kernel has no-IOMMU mode. */
const PRESENT: readonly bigint[] = [1n, 3n, 9n, 8n]

export const checkExtension: Lowering = call => {
  const extension = call.args.value('extension')
  if (extension !== COHERENT) return answer({ ret: PRESENT.includes(extension) ? 1 : 0, out: null })
  const ioas = compatIoas(call.machine, contextOf(call))
  if (!ioas.ok) return ioas
  const { platform, hwConfig } = call.machine
  const { enforceSnoop } = platform.caps(hwConfig, null)
  const tables = tablesOf(call.machine, contextOf(call), ioas.value.id)
  const coherent = tables.every(({ driver }) => enforceSnoop && driver === platform.domains?.name)
  return answer({ ret: coherent ? 1 : 0, out: null })
}

const TYPE1 = 1n
const TYPE1V2 = 3n

export const setIommu: Lowering = call => {
  const type = call.args.value('iommu_type')
  if (type !== TYPE1 && type !== TYPE1V2) return refuse('compat.iommu-type', { type })
  const context = contextOf(call)
  const ioas = compatIoas(call.machine, context)
  if (!ioas.ok) return ioas
  return type === TYPE1 ? finish(setHugePages(call.machine, context, ioas.value, false)) : returns()
}

export const getInfo: Lowering = call => {
  const size = argsz(call, SIZES.info, SIZES.infoLeast)
  if (!size.ok) return size
  const { machine } = call
  const ioas = compatIoas(machine, contextOf(call))
  if (!ioas.ok) return ioas
  const ranges = usableRanges(pagetableOf(machine, ioas.value)).map(({ first, last }) => [first, last])
  const needed = SIZES.info + 16n + 16n + 16n * BigInt(ranges.length)
  const fits = size.value >= needed
  return returns({
    argsz: needed,
    flags: 3n,
    iova_pgsizes: compatPageSizes(machine, contextOf(call), ioas.value),
    ...(size.value < SIZES.info ? {} : { cap_offset: fits ? SIZES.info : 0n }),
    caps: fits
      ? [
          { id: 3, version: 1, avail: 0xffff_ffff },
          { id: 1, version: 1, ranges },
        ]
      : [],
  })
}

const RIGHTS = 3n

export const mapDma: Lowering = call => {
  const size = argsz(call, SIZES.map, SIZES.map)
  if (!size.ok) return size
  const { args, machine } = call
  const flags = args.given('flags') ?? RIGHTS
  if ((flags & ~RIGHTS) !== 0n) return refuse('type1.flags', { flags })
  const context = contextOf(call)
  const ioas = compatIoas(machine, context)
  if (!ioas.ok) return ioas
  const perm = (flags & 1n ? AreaFlag.read : 0) | (flags & 2n ? AreaFlag.write : 0)
  const wish = { context, ioas: BigInt(ioas.value.id), length: args.value('size'), iova: args.value('iova') }
  return finish(mapMemory(machine, { ...wish, perm, userVa: args.value('vaddr') }))
}

const UNMAP_ALL = 2n

export const unmapDma: Lowering = call => {
  const size = argsz(call, SIZES.unmap, SIZES.unmap)
  if (!size.ok) return size
  const { args, machine } = call
  const flags = args.value('flags')
  if ((flags & ~UNMAP_ALL) !== 0n) return refuse('type1.flags', { flags })
  const context = contextOf(call)
  const ioas = compatIoas(machine, context)
  if (!ioas.ok) return ioas
  const range = { iova: args.value('iova'), size: args.value('size') }
  if (flags === 0n) return removed(compatUnmap(machine, context, ioas.value, range))
  if (range.iova !== 0n || range.size !== 0n) return refuse('type1.all')
  return removed(compatUnmapAll(machine, context, ioas.value))
}

const removed = (bytes: Outcome<bigint>): Outcome<CallResult> =>
  bytes.ok ? returns({ size: bytes.value }) : bytes

const VIABLE = 1
const CONTAINER_SET = 2

export const getStatus: Lowering = call => {
  const group = groupOfFile(call.machine, call.file)
  if (group.container !== null) return returns({ flags: VIABLE | CONTAINER_SET })
  return returns({ flags: isViable(call.machine, group.group) ? VIABLE : 0 })
}

export const joinGroup: Lowering = call => {
  const found = joining(call, 'context')
  if (!found.ok) return found
  const { group, context } = found.value
  requireCompat(call.machine, context)
  setGroup(call.machine, { ...group, container: context })
  return returns()
}

export const leaveGroup: Lowering = call => {
  const group = groupOfFile(call.machine, call.file)
  if (group.container === null) return refuse('vfio-group.no-container', { group: group.group })
  setGroup(call.machine, { ...group, container: null })
  return returns()
}

export const getDeviceFd: Lowering = call => {
  const { machine, resultName } = call
  const found = deviceNamed(call)
  if (!found.ok) return found
  const { group, device, container, name } = found.value
  const fd = openGroupDevice(machine, group, device, resultName ?? name)
  if (!fd.ok) return fd
  const first = device.bindings.length === 0
  const opened = first ? openInContainer(machine, device, fd.value, container) : answer(null)
  return opened.ok ? answer({ ret: fd.value, out: null }) : opened
}

/** A file that is not bound takes nothing but the bind. */
export const deviceInfo: Lowering = ({ machine, file, fd, command }) => {
  const device = machine.device(file.device ?? '')
  const bound = file.ofGroup === true || boundThrough(machine, device, fd).length > 0
  return bound
    ? refuse('not-modelled-yet', { what: command })
    : refuse('bind.before', { device: device.name, command })
}
