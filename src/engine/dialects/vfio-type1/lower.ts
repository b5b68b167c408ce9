/**
 * What each call of a container, a group and its devices comes down to.
 *
 * Source: iommufd facts 7. A flow that leaves `argsz` out, or writes sizeof, means the whole struct.
 */
import { containerOf, joinContainer, leaveContainer, setContainer, setIommu } from '../../kernel/containers'
import { groupOfFile, openGroupDevice } from '../../kernel/groups'
import { answer, done, type Outcome, refuse } from '../../kernel/outcome'
import { permittedRanges, spaceCaps } from '../../kernel/permitted'
import type { ContainerRecord } from '../../kernel/state'
import {
  entriesLeft,
  MapFlag,
  pageSizeOf,
  pageSizesOf,
  type1Map,
  type1Span,
  type1Unmap,
  UnmapFlag,
} from '../../kernel/type1'
import {
  bitsOf,
  checkBitmap,
  type DirtyRange,
  dirtyBitmap,
  MOST_BITMAP_BYTES,
} from '../../kernel/type1-dirty'
import { contextOf, finish, OK, returns, writes } from '../call-results'
import { deviceNamed, joining, structSize } from '../container-calls'
import type { Call, CallResult, Lowering } from '../contract'
import { SIZES } from '../vfio-layouts.data'
import { DirtyFlag, EXTENSIONS, GroupFlag, InfoCap, InfoFlag, type Present } from './constants.data'

const container = (call: Call): Outcome<ContainerRecord> => containerOf(call.machine, contextOf(call))

/** The container's driver first, then its argument: a call without a struct has nothing to read. */
function withArgument(call: Call, natural: bigint, least: bigint): Outcome<ContainerRecord> {
  const found = container(call)
  if (!found.ok) return found
  if (call.args.given('argp') === 0n) return refuse('type1.argument', { command: call.command })
  const size = structSize(call, natural, least)
  return size.ok ? found : size
}

export const getApiVersion: Lowering = () => OK

export const checkExtension: Lowering = call => {
  const wanted = call.args.value('extension')
  const row = EXTENSIONS.find(one => one.value === wanted)
  return answer({ ret: row !== undefined && PRESENT[row.present](call) ? 1 : 0, out: null })
}

const PRESENT: Readonly<Record<Present, (call: Call) => boolean>> = {
  always: () => true,
  never: () => false,
  driver: call => container(call).ok,
  coherent: call => {
    const of = container(call)
    return (
      of.ok && spaceCaps(call.machine, call.machine.space(of.value.space)).every(caps => caps.enforceSnoop)
    )
  },
}

export const setIommuType: Lowering = call =>
  finish(setIommu(call.machine, contextOf(call), call.args.value('iommu_type')))

export const getStatus: Lowering = call => {
  const group = groupOfFile(call.machine, call.file)
  const set = group.container === null ? 0 : GroupFlag.containerSet
  return writes({ flags: GroupFlag.viable | set })
}

export const joinGroup: Lowering = call => {
  const found = joining(call, 'container')
  return found.ok ? finish(joinContainer(call.machine, found.value.group, found.value.context)) : found
}

export const leaveGroup: Lowering = call => {
  const group = groupOfFile(call.machine, call.file)
  if (group.container === null) return refuse('vfio-group.no-container', { group: group.group })
  if (group.deviceFiles > 0)
    return refuse('vfio-group.devices-open', { group: group.group, files: group.deviceFiles })
  leaveContainer(call.machine, group)
  return OK
}

export const getDeviceFd: Lowering = call => {
  const { machine, resultName } = call
  const found = deviceNamed(call)
  if (!found.ok) return found
  const { group, device, container: context, name } = found.value
  const driven = containerOf(machine, context)
  if (!driven.ok) return driven
  const fd = openGroupDevice(machine, group, device, resultName ?? name)
  return fd.ok ? returns(fd.value) : fd
}

export const getInfo: Lowering = call => {
  const found = withArgument(call, SIZES.info, SIZES.infoLeast)
  if (!found.ok) return found
  const { machine } = call
  const caps = capsOf(call, found.value)
  const needed = SIZES.info + caps.reduce((sum, cap) => sum + cap.bytes, 0n)
  const given = call.args.given('argsz') ?? SIZES.info
  const fits = given >= needed
  return writes({
    argsz: fits ? given : needed,
    flags: InfoFlag.pageSizes | InfoFlag.caps,
    iova_pgsizes: pageSizesOf(machine, found.value),
    ...(given < SIZES.info ? {} : { cap_offset: fits ? SIZES.info : 0n }),
    caps: fits ? caps.map(cap => cap.fields) : [],
  })
}

/** The chain of capabilities in the kernel's order, with the bytes that each takes, rounded up to 8. */
function capsOf({ machine }: Call, of: ContainerRecord) {
  const ranges = permittedRanges(machine, machine.space(of.space)).map(({ start, last }) => [start, last])
  const head = (id: number) => ({ id, version: 1 })
  return [
    {
      bytes: 32n,
      fields: {
        ...head(InfoCap.migration),
        flags: 0,
        pgsize_bitmap: pageSizeOf(machine, of),
        max_dirty_bitmap_size: MOST_BITMAP_BYTES,
      },
    },
    { bytes: 16n, fields: { ...head(InfoCap.dmaAvail), avail: entriesLeft(machine, of) } },
    { bytes: 16n + 16n * BigInt(ranges.length), fields: { ...head(InfoCap.iovaRange), ranges } },
  ]
}

const MAP_FLAGS = MapFlag.read | MapFlag.write | MapFlag.vaddr

export const mapDma: Lowering = call => {
  const found = withArgument(call, SIZES.map, SIZES.map)
  if (!found.ok) return found
  const { args, machine } = call
  // A flow that names no flags means both directions, as in the proposals' flows.
  const flags = args.given('flags') ?? MapFlag.read | MapFlag.write
  if ((flags & ~MAP_FLAGS) !== 0n) return refuse('type1.flags', { flags })
  const [vaddr, iova, size] = [args.value('vaddr'), args.value('iova'), args.value('size')]
  return finish(type1Map(machine, found.value, { flags, vaddr, iova, size }))
}

const UNMAP_FLAGS = UnmapFlag.getDirty | UnmapFlag.all | UnmapFlag.vaddr

export const unmapDma: Lowering = call => {
  const found = withArgument(call, SIZES.unmap, SIZES.unmap)
  if (!found.ok) return found
  const { args, machine } = call
  const flags = args.value('flags')
  const asksBits = (flags & UnmapFlag.getDirty) !== 0n
  if ((flags & ~UNMAP_FLAGS) !== 0n || (asksBits && flags !== UnmapFlag.getDirty))
    return refuse('type1.flags', { flags })
  const [iova, size] = [args.value('iova'), args.value('size')]
  const range = { iova, size, ...bitmapOf(call) }
  const fits = asksBits ? bitmapFits(call, range) : done
  if (!fits.ok) return fits
  const span = type1Span(machine, found.value, {
    flags,
    iova,
    size,
    dirtyPage: asksBits ? range.pgsize : null,
  })
  if (!span.ok) return span
  const bitmap = asksBits ? { bitmap: hexOf(bitsOf(machine, found.value, range)) } : {}
  const removed = type1Unmap(machine, found.value, span.value, flags)
  return removed.ok ? writes({ size: removed.value, ...bitmap }) : removed
}

function bitmapFits(call: Call, range: DirtyRange): Outcome<null> {
  const size = structSize(call, SIZES.unmap + SIZES.bitmap, SIZES.unmap + SIZES.bitmap)
  return size.ok ? checkBitmap(range) : size
}

const bitmapOf = ({ args }: Call) => ({
  pgsize: args.value('pgsize'),
  bitmapSize: args.value('bitmap_size'),
})

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

export const dirtyPages: Lowering = call => {
  const { args, machine } = call
  const found = container(call)
  if (!found.ok) return found
  if (found.value.version === 1) return refuse('type1.dirty-v1')
  const size = structSize(call, SIZES.dirty + SIZES.dirtyRange, SIZES.dirty)
  if (!size.ok) return size
  switch (args.value('flags')) {
    case DirtyFlag.start:
    case DirtyFlag.stop:
      setContainer(machine, { ...found.value, dirtyTracking: args.value('flags') === DirtyFlag.start })
      return OK
    case DirtyFlag.getBitmap:
      return getBitmap(call, found.value, size.value)
    default:
      return refuse('type1.flags', { flags: args.value('flags') })
  }
}

function getBitmap(call: Call, of: ContainerRecord, size: bigint): Outcome<CallResult> {
  const least = SIZES.dirty + SIZES.dirtyRange
  if (size < least) return refuse('type1.argsz', { argsz: size, least })
  const range = { iova: call.args.value('iova'), size: call.args.value('size'), ...bitmapOf(call) }
  const bits = dirtyBitmap(call.machine, of, range)
  return bits.ok ? writes({ bitmap: hexOf(bits.value) }) : bits
}
