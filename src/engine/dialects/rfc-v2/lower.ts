/**
 * What the calls come down to that only /dev/iommu has: allocation with attributes, queries by cookie, the device's
 * PASID capability.
 */
import { deviceWithCookie } from '../../kernel/bindings'
import { deviceInfo } from '../../kernel/info'
import { answer, type Outcome, refuse } from '../../kernel/outcome'
import { bindPasidTable } from '../../kernel/pasid-tables'
import type { SnoopWish } from '../../kernel/snoop'
import {
  createSpace,
  findSpace,
  mayMakeSpace,
  mayNestUnder,
  mayRegisterBy,
  mayStandAlone,
  requireReady,
} from '../../kernel/spaces'
import type { SpaceKind, SpaceRecord } from '../../kernel/state'
import { bindTable, markUnfit } from '../../kernel/user-tables'
import { contextOf, returns } from '../call-results'
import type { Call, CallResult, Lowering } from '../contract'
import { formatNamed, PGTABLE_FORMATS, pasidFormatNamed, SPACE_TYPES } from '../proposal-words.data'
import {
  ALLOC_ENFORCE_SNOOP,
  INFO_ADDR_WIDTH,
  INFO_ENFORCE_SNOOP,
  INFO_PGSIZES,
  SNOOP,
} from './constants.data'

/** A root, or a child; of the kernel, or with a table that the user says where to find. */
export const alloc: Lowering = call => {
  const { args, machine } = call
  const flags = args.value('flags')
  if ((flags & ~ALLOC_ENFORCE_SNOOP) !== 0n) return refuse('alloc.flags', { flags })
  const kind = kindWanted(call)
  if (!kind.ok) return kind
  const snoop = snoopWanted(call)
  if (snoop === undefined) return refuse('alloc.snoop', { value: args.value('enforce_snoop') })
  const parent = parentWanted(call)
  if (!parent.ok) return parent
  const placed = parent.value === null ? mayStandAlone(machine, contextOf(call), kind.value) : parent
  if (!placed.ok) return placed
  const room = mayMakeSpace(machine)
  if (!room.ok) return room
  const wish = {
    context: contextOf(call),
    kind: kind.value,
    parent: parent.value?.uid ?? null,
    name: call.resultName,
    snoop,
  }
  const space = createSpace(machine, wish)
  const own = args.value('user_pgtable') === 0n && args.value('user_pasid_table') === 0n
  const given = own ? shapeTable(call, space) : giveTable(call, space)
  return given.ok ? returns(space.id) : given
}

function kindWanted(call: Call): Outcome<SpaceKind> {
  const { args, machine } = call
  const type = args.value('type')
  const kind = SPACE_TYPES.find(row => row.value === type)?.kind
  if (kind === undefined) return refuse('alloc.type', { type })
  const tables = [args.value('user_pgtable'), args.value('user_pasid_table')].filter(asked => asked !== 0n)
  if (tables.length > 1 || (tables.length === 1 && kind !== 'kernel')) return refuse('alloc.attributes')
  const may = mayRegisterBy(machine, kind)
  return may.ok ? answer(kind) : may
}

/** What the attribute says, or the flag of the code series. */
function snoopWanted({ args }: Call): SnoopWish | undefined {
  if (args.value('flags') & ALLOC_ENFORCE_SNOOP) return 'on'
  return SNOOP.find(row => row.value === args.value('enforce_snoop'))?.snoop
}

/** The parent, ready and of a kind that may be one; 0 and left out are none. */
function parentWanted(call: Call): Outcome<SpaceRecord | null> {
  const id = call.args.value('parent')
  if (id === 0n) return answer(null)
  const parent = findSpace(call.machine, contextOf(call), id)
  if (!parent.ok) return parent
  const ready = requireReady(call.machine, parent.value)
  if (!ready.ok) return ready
  const may = mayNestUnder(parent.value)
  return may.ok ? parent : may
}

/** What is said of a table of the kernel: devices that cannot walk such a one do not attach (v2 1.1, 2.1). */
function shapeTable({ args, machine }: Call, space: SpaceRecord): Outcome<null> {
  const { title, caps } = machine.platform
  const { userTableFormats, inputBits } = caps(machine.hwConfig, null)
  const named = args.value('format') === 0n ? null : args.given('format')
  const bits = args.given('addr_width')
  const format = formatNamed(named)
  if (!isFormat(named)) return refuse('bind-pgtable.format', { problem: `format ${named} is none` })
  const foreign = format !== null && !userTableFormats.includes(format)
  const wide = bits !== null && bits > BigInt(inputBits)
  if (!foreign && !wide) return answer(null)
  const unfit = foreign
    ? `${format} is not a format of ${title}`
    : `${title} takes addresses of ${inputBits} bits, not ${bits}`
  machine.setSpace({ ...space, unfit })
  return answer(null)
}

/** The user's page table, or on platforms that leave it to the user his PASID table. */
function giveTable(call: Call, space: SpaceRecord): Outcome<null> {
  const { args, machine } = call
  const width = args.given('addr_width')
  const bits = width === null ? null : Number(width)
  if (args.value('user_pasid_table') !== 0n)
    return bindPasidTable(machine, space, {
      addr: args.value('addr'),
      format: pasidFormatNamed(args.given('format')),
      pasidBits: bits,
    })
  const wish = { addr: args.value('addr'), format: formatNamed(args.given('format')), addrWidth: bits }
  const bound = bindTable(machine, space, wish)
  if (bound.ok || bound.rule !== 'bind-pgtable.format' || !isFormat(args.given('format'))) return bound
  markUnfit(machine, space, String(bound.values.problem))
  return answer(null)
}

/** A format that some IOMMU has is judged when a device attaches; a number that is none, at once. */
const isFormat = (value: bigint | null): boolean =>
  value === null || PGTABLE_FORMATS.some(row => row.value === value)

export const getDeviceInfo: Lowering = call => {
  const cookie = call.args.value('cookie')
  const device = deviceWithCookie(call.machine, contextOf(call), cookie)
  if (device === null) return refuse('cookie.unknown', { cookie })
  const info = deviceInfo(call.machine, device)
  const flags = INFO_PGSIZES | INFO_ADDR_WIDTH | (info.enforceSnoop ? INFO_ENFORCE_SNOOP : 0n)
  const out = {
    flags,
    caps: info.caps,
    nesting: info.nesting,
    page_sizes: info.pageSizes,
    addr_width: info.inputBits,
    ranges: info.ranges.map(range => ({ start: range.start, last: range.last })),
    formats: info.formats,
    pasid_formats: info.pasidFormats,
    enforce_snoop: info.enforceSnoop ? 1 : 0,
  }
  return answer<CallResult>({ ret: 0, out })
}
