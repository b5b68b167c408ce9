/**
 * An object's fields under their kernel names, as the kernel's records and the bulk state have them; unmarked.
 * Configuration structures in memory are not among them: they are words (see inspect/structs.ts).
 */
import { areaBytes, areaCount, areasMeeting, EVERY_PAGE } from '../kernel/areas'
import { bindingTo } from '../kernel/bindings'
import { groupRule, inSecurityContext } from '../kernel/isolation'
import type { Machine } from '../kernel/machine'
import { memoryRegions } from '../kernel/process-memory'
import { AreaFlag, addressOf, type DeviceRecord, lastByteOf, type SpaceRecord, TREE } from '../kernel/state'
import type { FlowSession } from '../session/session'
import type { GraphRow } from './contract'
import { describeSpace, row, spaceNodeId } from './graph'
import { type Numbered, NumberedObjects, pagingSpace, tableEdges, titleOf } from './numbered'
import { numberedFields } from './numbered-fields'
import { faultRows, ringRows, waitingRows } from './page-requests'
import { pasidTableRows, tableRows, userTableRows } from './table-rows'
import { addressText, countText, pasidText, plural, rangeText, sizeText, wireText } from './units'

export interface PlainFields {
  readonly title: string
  readonly rows: readonly GraphRow[]
}

const YES_NO = (yes: boolean): string => (yes ? 'yes' : 'no')

/** The fields of the object that a graph node stands for, where the session stands; null for none. */
export function plainFields(session: FlowSession, id: string): PlainFields | null {
  const { root } = session.machine
  const [kind, name] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)]
  const space = spaceOf(session, id)
  const numbered = new NumberedObjects(session).at(id)
  if (numbered !== null && space === null && kind === 'object') return numberedFields(session, numbered)
  if (numbered !== null && space !== null) return numberedSpace(session, numbered, space)
  if (space !== null) return { title: space.name, rows: spaceFields(session, space) }
  const device = root.devices.get(name)
  if (kind === 'device' && device !== undefined) return deviceFields(session, device)
  if (kind === 'context') return contextFields(session, Number(name))
  if (kind === 'group') return groupFields(session, Number(name))
  if (kind === 'iommu') return iommuFields(session)
  return id === 'memory' ? memoryFields(session) : null
}

/** The space that a node id names, or null. */
export function spaceOf({ machine }: FlowSession, id: string): SpaceRecord | null {
  if (!id.startsWith('space:')) return null
  const space = machine.root.spaces.get(Number(id.slice('space:'.length)))
  return space !== undefined && spaceNodeId(space) === id ? space : null
}

/** The space whose tables a node shows: its own, or that of the IOAS whose page table it is. */
export function tableSpaceOf(session: FlowSession, id: string): SpaceRecord | null {
  const one = new NumberedObjects(session).at(id)
  if (one?.object.type !== 'HWPT_PAGING') return spaceOf(session, id)
  return pagingSpace(session.machine, one.context, one.object)
}

/** An IOAS, or a table of the user over a page table: what its record and its space have. */
function numberedSpace(session: FlowSession, one: Numbered, space: SpaceRecord): PlainFields {
  const { machine } = session
  const { title, rows } = numberedFields(session, one)
  const areas = one.object.type === 'IOAS' ? [row('areas', areasText(machine, space))] : []
  return { title, rows: [...rows, ...areas, ...userTableRows(machine, space)] }
}

/** ioasid_data of the proposal, field by field. */
function spaceFields({ machine }: FlowSession, space: SpaceRecord): readonly GraphRow[] {
  const parent = space.parent === null ? 'none' : machine.space(space.parent).name
  return [
    row('ioasid', String(space.id)),
    row('kind', describeSpace(machine, space)),
    row('parent', parent),
    row('children', space.children.map(uid => machine.space(uid).name).join(', ') || 'none'),
    row('domain', space.domain === 0 ? 'none' : String(space.domain)),
    row('attach_data', space.attachments.map(attachmentText).join(', ') || 'none'),
    row('partial_devices', space.partialGroups.map(group => `group ${group}`).join(', ') || 'none'),
    ...(machine.policy.activation === 'enable-call' ? [row('enabled', YES_NO(space.enabled))] : []),
    row('areas', areasText(machine, space)),
    ...userTableRows(machine, space),
    ...pasidTableRows(machine, space),
    ...tableRows(machine, space),
    ...faultRows(machine, fault => fault.space === space.uid),
  ]
}

const attachmentText = (at: { readonly device: string; readonly pasid: number | null }): string =>
  `${at.device}${pasidText(at.pasid)}`

function areasText(machine: Machine, space: SpaceRecord): string {
  const count = areaCount(machine, space)
  return count === 0 ? 'none' : `${countText(count)}, ${sizeText(areaBytes(machine, space))}`
}

function deviceFields(session: FlowSession, device: DeviceRecord): PlainFields {
  const { machine, dialect } = session
  const numbered = new NumberedObjects(session).at(`device:${device.name}`)
  const attached = attachedTo(session, device)
  const { hw } = device
  const rows = [
    ...(numbered === null ? [] : [row('id', String(numbered.object.id))]),
    row('path', device.path),
    row('kind', device.kind),
    row('requester id', device.rid ?? 'none'),
    row('group', String(hw.group)),
    row('PASID', hw.pasidBits === null ? 'no' : `${hw.pasidBits} bits`),
    row('ATS, PRI', `${YES_NO(hw.ats)}, ${YES_NO(hw.pri)}`),
    ...bindingRows(machine, device, dialect.objects.context),
    row('attached', attached.join(', ') || 'none'),
    row('routed', device.routed === null ? 'blocked' : machine.space(device.routed).name),
    ...viommuRows(machine, device),
    ...waitingRows(machine, device),
    ...faultRows(machine, fault => fault.device === device.name),
  ]
  return { title: device.name, rows }
}

/** The IOMMU that a VMM emulates for it: how it gives the guest what it maps, and from which table. */
function viommuRows(machine: Machine, device: DeviceRecord): readonly GraphRow[] {
  return machine.root.viommus
    .filter(one => one.device === device.name)
    .map(({ way, table, pasid, space }) => {
      const from = table === null ? 'no table of the guest yet' : `table at GPA ${addressText(table)}`
      const into = machine.root.spaces.get(space)?.name ?? 'a space that is gone'
      return row('vIOMMU', `${way}${pasidText(pasid)}, ${from}, into ${into}`)
    })
}

/** The tables a device uses where they have numbers, else the spaces. */
function attachedTo(session: FlowSession, device: DeviceRecord): readonly string[] {
  const { machine } = session
  const objects = new NumberedObjects(session)
  const tables = tableEdges(machine, objects, device)
  if (tables === null) return device.attachments.map(at => `${machine.space(at.space).name}${wireText(at)}`)
  return tables.flatMap(({ to, label }) => {
    const table = objects.at(to)
    return table === null ? [] : [`${titleOf(table)} by ${label}`]
  })
}

/** A line for each file the device is bound to, with the user's number for it there. */
function bindingRows(machine: Machine, device: DeviceRecord, context: string): readonly GraphRow[] {
  if (device.bindings.length === 0) return [row('bound', 'no')]
  return device.bindings.map(binding => {
    const fd = machine.root.contexts.get(binding.context)?.fd ?? '?'
    const cookie = binding.cookie === null ? '' : `, cookie ${addressText(binding.cookie)}`
    return row('bound', `${context} fd ${fd}, by fd ${binding.fd}${cookie}`)
  })
}

function contextFields(session: FlowSession, uid: number): PlainFields | null {
  const { machine, dialect } = session
  const context = machine.root.contexts.get(uid)
  if (context === undefined) return null
  const spaces = [...machine.root.spaces.values()].filter(space => space.context === uid)
  const devices = [...machine.root.devices.values()].filter(device => bindingTo(device, uid) !== null)
  const objects = numberedRows(session, uid)
  const rows = [
    row('fd', `${context.fd}${context.open ? '' : ', closed'}`),
    ...(objects ?? [
      row('ioasid_list', spaces.map(space => space.name).join(', ') || 'empty'),
      row('device_list', devices.map(device => device.name).join(', ') || 'empty'),
    ]),
    ...preregRows(machine, uid, 'prereg_list'),
    ...ringRows(machine, uid),
  ]
  return { title: dialect.objects.context, rows }
}

/** A row for each object that the file numbers; null in a dialect whose files number none. */
function numberedRows(session: FlowSession, uid: number): readonly GraphRow[] | null {
  if (session.dialect.objects.types === undefined) return null
  const own = new NumberedObjects(session).all.filter(({ context }) => context === uid)
  if (own.length === 0) return [row('objects', 'empty')]
  return own.map(one => row('objects', `id ${one.object.id}, ${titleOf(one)}`))
}

const MOST_RANGES = 64

/** Registered ranges, each with the mappings that lie in it. */
function preregRows(machine: Machine, uid: number, label: string): readonly GraphRow[] {
  const { ranges } = machine.bulk
  const tree = TREE.prereg(uid)
  const rows: GraphRow[] = []
  ranges.forEachIn(tree, EVERY_PAGE.first, EVERY_PAGE.last, slot => {
    if (rows.length >= MOST_RANGES) return
    const range = rangeText(addressOf(ranges.first(slot)), lastByteOf(ranges.last(slot)))
    rows.push(row(label, `${range}, ${plural(ranges.a(slot), 'mapping')}`))
  })
  const more = ranges.count(tree) - rows.length
  return more > 0 ? [...rows, row(label, `and ${countText(more)} more`)] : rows
}

function groupFields({ machine }: FlowSession, group: number): PlainFields | null {
  const mates = [...machine.root.devices.values()].filter(device => device.hw.group === group)
  if (mates.length === 0) return null
  const routed = new Set(mates.map(mate => mate.routed))
  const [only] = routed
  const where = only === undefined || only === null ? 'blocked' : machine.space(only).name
  const rows = [
    row('devices', mates.map(device => device.name).join(', ')),
    row(
      'bound',
      mates
        .filter(mate => mate.bindings.length > 0)
        .map(mate => mate.name)
        .join(', ') || 'none',
    ),
    row('routed', routed.size > 1 ? 'apart' : where),
    ...securityRows(machine, group, mates),
  ]
  return { title: `group ${group}`, rows }
}

/** Where the group stands under a rule that moves it as a whole: the host's, blocked, or in the user's spaces. */
function securityRows(machine: Machine, group: number, mates: readonly DeviceRecord[]): readonly GraphRow[] {
  if (!groupRule(machine).viability) return []
  const drivers = [...new Set(mates.map(mate => mate.driver))].join(', ')
  const routed = mates.some(mate => mate.routed !== null)
  const where = routed ? 'address spaces of the user' : 'block-DMA: an empty table'
  const context = inSecurityContext(machine, group) ? where : "the host's default domain"
  return [row('security context', context), row('host drivers', drivers)]
}

function iommuFields({ machine }: FlowSession): PlainFields {
  const caps = machine.platform.caps(machine.hwConfig, null)
  const ranges = (list: readonly { readonly start: bigint; readonly last: bigint }[]) =>
    list.map(range => `${addressText(range.start)} .. ${addressText(range.last)}`).join(', ')
  const sizes = [...caps.pageSizes.toString(2)].reverse().flatMap((bit, lg2) => (bit === '1' ? [lg2] : []))
  const rows = [
    row('platform', machine.platform.title),
    row('page sizes', sizes.map(lg2 => sizeText(1n << BigInt(lg2))).join(', ')),
    row('input width', `${caps.inputBits} bits`),
    row('permitted', ranges(caps.permitted)),
    row('reserved', ranges(caps.reserved) || 'none'),
    row('PASID', caps.pasidBits === null ? 'no' : `${caps.pasidBits} bits`),
    ...requestGroups(machine),
    row('flush on map', YES_NO(caps.flushOnMap)),
    ...machine.platform.notModelled.map(what => row('not modelled', what)),
  ]
  return { title: machine.platform.title, rows }
}

/** Page requests that the hardware still waits to hear about, oldest first. */
function requestGroups({ platform, root }: Machine): readonly GraphRow[] {
  return (platform.pageRequests?.pending(root.hw) ?? []).map(requests => {
    const [first] = requests
    const asked = first === undefined ? '' : ` at ${addressText(first.address)}${pasidText(first.pasid)}`
    return row(
      'page request',
      `group ${first?.group ?? '?'}, ${plural(requests.length, 'page')}${asked}, unanswered`,
    )
  })
}

function memoryFields({ machine, dialect }: FlowSession): PlainFields {
  const { accountedPages, contexts } = machine.root
  const limit = machine.limits.memlockPages
  const rows = [
    row('pinned', plural(machine.bulk.refRanges.total(TREE.pins), 'page')),
    row('accounted', plural(accountedPages, 'page')),
    row('limit', limit === null ? 'none' : plural(limit, 'page')),
    ...memoryRegions(machine).map(region => {
      const told = [region.pages, region.guest ? 'guest' : '', region.readOnly ? 'read-only' : '']
      return row(
        'memory',
        [rangeText(region.hva, region.hva + region.size - 1n), ...told].filter(Boolean).join(', '),
      )
    }),
    ...[...contexts.values()].flatMap(context =>
      preregRows(machine, context.uid, `prereg by ${dialect.objects.context} fd ${context.fd}`),
    ),
    ...payers(machine),
    ...pinRows(machine),
  ]
  return { title: 'Process memory', rows }
}

/** What each root pins by itself, without preregistration. */
function payers(machine: Machine): readonly GraphRow[] {
  return [...machine.root.spaces.values()].flatMap(space => {
    const pages = areasMeeting(machine, space.uid, EVERY_PAGE)
      .filter(area => (area.perm & AreaFlag.charged) !== 0)
      .reduce((sum, area) => sum + (area.last - area.first + 1), 0)
    return pages === 0 ? [] : [row(`charged by ${space.name}`, plural(pages, 'page'))]
  })
}

/** Pinned pages with how often each is pinned. */
function pinRows({ bulk }: Machine): readonly GraphRow[] {
  const rows: GraphRow[] = []
  bulk.ranges.forEachIn(TREE.pins, EVERY_PAGE.first, EVERY_PAGE.last, slot => {
    if (rows.length >= MOST_RANGES) return
    const range = rangeText(addressOf(bulk.ranges.first(slot)), lastByteOf(bulk.ranges.last(slot)))
    const times = bulk.ranges.a(slot)
    rows.push(row('pins', `${range}, ${times === 1 ? 'once' : `${countText(times)} times`}`))
  })
  const more = bulk.ranges.count(TREE.pins) - rows.length
  return more > 0 ? [...rows, row('pins', `and ${countText(more)} more ranges`)] : rows
}
