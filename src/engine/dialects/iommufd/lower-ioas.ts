/** The calls on an IOAS. Source: iommufd facts 2.1 to 2.10; the order of checks is theirs. */

import { findFile } from '../../kernel/files'
import {
  type AddressSpan,
  alignmentOf,
  allowRanges,
  changeProcess,
  copyAreas,
  createIoas,
  destroyObject,
  findIoas,
  ioOf,
  mapFile,
  mapMemory,
  pagetableOf,
  setHugePages,
  U64_MAX,
  unmapAreas,
  updateIo,
  usableRanges,
} from '../../kernel/iommu'
import { answer, type Outcome, refuse, writing } from '../../kernel/outcome'
import { AreaFlag } from '../../kernel/state'
import { currentTask } from '../../kernel/tasks'
import { checkFlags, checkReserved, finish, type Handler, type Read, returns } from './argument'
import { MAP_FIXED_IOVA, MAP_READABLE, MAP_WRITEABLE } from './constants.data'

const MAP_FLAGS = MAP_FIXED_IOVA | MAP_WRITEABLE | MAP_READABLE

export const destroy: Handler = ({ machine, context, value }) =>
  finish(destroyObject(machine, context, value('id')))

export const ioasAlloc: Handler = read => {
  const known = checkFlags(read, 0n)
  if (!known.ok) return known
  const ioas = createIoas(read.machine, read.context, read.call.resultName)
  return returns({ out_ioas_id: ioas.id })
}

const RANGE_BYTES = 16

export const iovaRanges: Handler = read => {
  const known = checkReserved(read, '__reserved')
  if (!known.ok) return known
  const ioas = findIoas(read.machine, read.context, read.value('ioas_id'))
  if (!ioas.ok) return ioas
  const io = pagetableOf(read.machine, ioas.value)
  const all = usableRanges(io)
  const capacity = read.number('num_iovas')
  const written = all.slice(0, capacity)
  if (!read.writableAt('allowed_iovas', written.length * RANGE_BYTES))
    return refuse('ioas.pointer', { field: 'allowed_iovas', address: read.value('allowed_iovas') })
  const ranges = written.map(({ first, last }) => [first, last])
  const out = { num_iovas: all.length, out_iova_alignment: alignmentOf(io), ranges }
  if (all.length <= capacity) return returns(out)
  const refused = refuse('ioas.ranges-room', { total: all.length, capacity })
  return refused.ok ? refused : writing(refused, out)
}

export const allowIovas: Handler = read => {
  const known = checkReserved(read, '__reserved')
  if (!known.ok) return known
  const ioas = findIoas(read.machine, read.context, read.value('ioas_id'))
  if (!ioas.ok) return ioas
  const spans = spansAt(read)
  return spans.ok ? finish(allowRanges(read.machine, ioas.value, spans.value)) : spans
}

function spansAt(read: Read): Outcome<readonly AddressSpan[]> {
  const count = read.number('num_iovas')
  const bytes = read.bytesAt('allowed_iovas', count * RANGE_BYTES)
  if (bytes === null)
    return refuse('ioas.pointer', { field: 'allowed_iovas', address: read.value('allowed_iovas') })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return answer(
    Array.from({ length: count }, (_, at) => ({
      first: view.getBigUint64(at * RANGE_BYTES, true),
      last: view.getBigUint64(at * RANGE_BYTES + 8, true),
    })),
  )
}

/** AreaFlag bits of the flags of a map, or that there are none. */
function rightsOf(flags: bigint): Outcome<number> {
  const perm = (flags & MAP_READABLE ? AreaFlag.read : 0) | (flags & MAP_WRITEABLE ? AreaFlag.write : 0)
  return perm === 0 ? refuse('ioas.no-access') : answer(perm)
}

const tooLarge = (iova: bigint, length: bigint) => refuse('ioas.too-large', { iova, length })

const fixedAt = (flags: bigint, iova: bigint): bigint | null => (flags & MAP_FIXED_IOVA ? iova : null)

export const map: Handler = read => {
  const known = checkFlags(read, MAP_FLAGS, '__reserved')
  if (!known.ok) return known
  const [flags, iova, length] = [read.value('flags'), read.value('iova'), read.value('length')]
  if (iova >= U64_MAX || length >= U64_MAX) return tooLarge(iova, length)
  const perm = rightsOf(flags)
  if (!perm.ok) return perm
  const { machine, context } = read
  const wish = { context, ioas: read.value('ioas_id'), length, iova: fixedAt(flags, iova), perm: perm.value }
  const mapped = mapMemory(machine, { ...wish, userVa: read.value('user_va') })
  return mapped.ok ? returns({ iova: mapped.value }) : mapped
}

export const mapFileCall: Handler = read => {
  const known = checkFlags(read, MAP_FLAGS)
  if (!known.ok) return known
  const [flags, iova, length] = [read.value('flags'), read.value('iova'), read.value('length')]
  if (iova >= U64_MAX || length >= U64_MAX) return tooLarge(iova, length)
  const perm = rightsOf(flags)
  if (!perm.ok) return perm
  const { machine, context } = read
  const ioas = findIoas(machine, context, read.value('ioas_id'))
  if (!ioas.ok) return ioas
  const start = read.value('start')
  if (length === 0n) return refuse('ioas.length', { length })
  if (start + length - 1n > U64_MAX) return refuse('ioas.wrap', { field: 'start', value: start, length })
  const file = findFile(machine, read.value('fd'))
  if (!file.ok) return refuse('ioas.file', { fd: read.value('fd') })
  const wish = { context, ioas: read.value('ioas_id'), length, iova: fixedAt(flags, iova), perm: perm.value }
  const { pages = 0, size = null } = file.value
  const mapped = mapFile(machine, { ...wish, start, place: BigInt(pages) << 12n, size })
  return mapped.ok ? returns({ iova: mapped.value }) : mapped
}

export const copy: Handler = read => {
  const known = checkFlags(read, MAP_FLAGS)
  if (!known.ok) return known
  const [flags, length] = [read.value('flags'), read.value('length')]
  const [from, to] = [read.value('src_iova'), read.value('dst_iova')]
  if (length >= U64_MAX || from >= U64_MAX) return tooLarge(from, length)
  if (to >= U64_MAX) return tooLarge(to, length)
  const perm = rightsOf(flags)
  if (!perm.ok) return perm
  const copied = copyAreas(read.machine, {
    context: read.context,
    from: read.value('src_ioas_id'),
    to: read.value('dst_ioas_id'),
    length,
    srcIova: from,
    dstIova: fixedAt(flags, to),
    perm: perm.value,
  })
  return copied.ok ? returns({ dst_iova: copied.value }) : copied
}

export const unmap: Handler = ({ machine, context, value }) => {
  const wish = { context, ioas: value('ioas_id'), iova: value('iova'), length: value('length') }
  const removed = unmapAreas(machine, wish)
  return removed.ok ? returns({ length: removed.value }) : removed
}

export const changeProcessCall: Handler = read => {
  const known = checkReserved(read, '__reserved')
  return known.ok ? finish(changeProcess(read.machine, read.context)) : known
}

const SET = 0n
const GET = 1n
const RLIMIT_MODE = 0n
const HUGE_PAGES = 1n

export const option: Handler = read => {
  const known = checkReserved(read, '__reserved')
  if (!known.ok) return known
  switch (read.value('option_id')) {
    case RLIMIT_MODE:
      return rlimitMode(read)
    case HUGE_PAGES:
      return hugePages(read)
    default:
      return unknownOption(read)
  }
}

const unknownOption = (read: Read) =>
  refuse('option.unknown', { option: read.value('option_id'), op: read.value('op') })

const badValue = (read: Read) =>
  refuse('option.value', { option: read.value('option_id'), value: read.value('val64') })

function rlimitMode(read: Read): ReturnType<Handler> {
  const { machine, context } = read
  const id = read.value('object_id')
  if (id !== 0n) return refuse('option.object', { option: RLIMIT_MODE, id })
  const io = ioOf(machine, context)
  if (read.value('op') === GET) return returns({ val64: io.accountMm ? 1n : 0n })
  if (read.value('op') !== SET) return unknownOption(read)
  if (!currentTask(machine).sysResource) return refuse('option.privilege')
  if (io.objects.size > 0) return refuse('option.in-use')
  const value = read.value('val64')
  if (value > 1n) return badValue(read)
  updateIo(machine, context, { accountMm: value === 1n })
  return returns({ val64: value })
}

function hugePages(read: Read): ReturnType<Handler> {
  const { machine, context } = read
  const ioas = findIoas(machine, context, read.value('object_id'))
  if (!ioas.ok) return ioas
  if (read.value('op') === GET)
    return returns({ val64: pagetableOf(machine, ioas.value).hugePages ? 1n : 0n })
  if (read.value('op') !== SET) return unknownOption(read)
  const value = read.value('val64')
  if (value > 1n) return badValue(read)
  const done = setHugePages(machine, context, ioas.value, value === 1n)
  return done.ok ? returns({ val64: value }) : done
}

const VFIO_GET = 0n
const VFIO_SET = 1n
const VFIO_CLEAR = 2n

export const vfioIoas: Handler = read => {
  const known = checkReserved(read, '__reserved')
  if (!known.ok) return known
  const { machine, context } = read
  const { compat } = ioOf(machine, context)
  switch (read.value('op')) {
    case VFIO_GET:
      return compat === null ? refuse('ioas.no-compat') : returns({ ioas_id: compat })
    case VFIO_SET: {
      const ioas = findIoas(machine, context, read.value('ioas_id'))
      if (!ioas.ok) return ioas
      updateIo(machine, context, { compat: ioas.value.id })
      return returns({ ioas_id: ioas.value.id })
    }
    case VFIO_CLEAR:
      updateIo(machine, context, { compat: null })
      return returns({ ioas_id: read.number('ioas_id') })
    default:
      return refuse('option.unknown', { option: 'VFIO_IOAS', op: read.value('op') })
  }
}
