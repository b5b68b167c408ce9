/** What the inspector says of one object of the graph: fields under their kernel names, areas, tables. */
import type { DeviceRecord, SpaceRecord } from '../kernel/state'
import type { FlowSession } from '../session/session'
import { areaViews, registeredRanges } from '../session/state-view'
import type { GraphRow, InspectorView, Mark } from './contract'
import { describeSpace, row, spaceNodeId } from './graph'
import { markRows } from './marks'
import { tableRows } from './table-rows'
import { tableView } from './table-view'
import { addressText, countText, rangeText } from './units'

/** The object a graph node stands for, at the step where the session stands; null for none. */
export function inspectorView(session: FlowSession, id: string): InspectorView | null {
  const space = [...session.machine.root.spaces.values()].find(one => spaceNodeId(one) === id)
  if (space !== undefined) return spaceView(session, space)
  const fields = () => plainFields(session, id)
  const now = fields()
  if (now === null) return null
  const before = session.at === 0 ? now.rows : (session.peek(session.at - 1, fields)?.rows ?? [])
  return { id, title: now.title, fields: markRows(now.rows, before), areas: [], tables: [] }
}

interface Plain {
  readonly title: string
  readonly rows: readonly GraphRow[]
}

function plainFields(session: FlowSession, id: string): Plain | null {
  const { root } = session.machine
  const [kind, name] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)]
  const device = root.devices.get(name)
  if (kind === 'device' && device !== undefined) return deviceFields(session, device)
  if (kind === 'context') return contextFields(session, Number(name))
  if (kind === 'group') return groupFields(session, Number(name))
  if (kind === 'iommu') return iommuFields(session)
  return id === 'memory' ? memoryFields(session) : null
}

function spaceView(session: FlowSession, space: SpaceRecord): InspectorView {
  const id = spaceNodeId(space)
  const now = spaceFields(session, space)
  const earlier =
    session.at === 0 ? null : session.peek(session.at - 1, () => earlierSpace(session, space.uid))
  const known = new Set(earlier?.areas.map(area => `${area.iova}`))
  const areas = areaViews(session.machine, space).map(area => {
    const mark: Mark = session.at === 0 || known.has(`${area.iova}`) ? '' : '+'
    return { ...area, mark }
  })
  const gone = (earlier?.areas ?? []).filter(area => !areas.some(one => one.iova === area.iova))
  return {
    id,
    title: space.name,
    fields: session.at === 0 ? now : markRows(now, earlier?.fields ?? []),
    areas: [...areas, ...gone.map(area => ({ ...area, mark: '-' as const }))].sort(byAddress),
    tables: space.tables.map(table => tableView(session, space, table)),
  }
}

function byAddress(a: { iova: bigint }, b: { iova: bigint }): number {
  return a.iova < b.iova ? -1 : a.iova > b.iova ? 1 : 0
}

function earlierSpace(session: FlowSession, uid: number) {
  const space = session.machine.root.spaces.get(uid)
  if (space === undefined) return null
  return { fields: spaceFields(session, space), areas: areaViews(session.machine, space) }
}

/** ioasid_data of the proposal, field by field. */
function spaceFields({ machine }: FlowSession, space: SpaceRecord): readonly GraphRow[] {
  const parent = space.parent === null ? 'none' : machine.space(space.parent).name
  const attached = space.attachments.map(at => at.device).join(', ')
  return [
    row('ioasid', String(space.id)),
    row('kind', describeSpace(machine, space)),
    row('parent', parent),
    row('domain', space.domain === 0 ? 'none' : String(space.domain)),
    row('attach_data', attached === '' ? 'none' : attached),
    row('partial_devices', space.partialGroups.map(group => `group ${group}`).join(', ') || 'none'),
    row('children', space.children.map(uid => machine.space(uid).name).join(', ') || 'none'),
    ...(machine.policy.activation === 'enable-call' ? [row('enabled', space.enabled ? 'yes' : 'no')] : []),
    ...tableRows(machine, space),
  ]
}

function deviceFields({ machine, dialect }: FlowSession, device: DeviceRecord): Plain {
  const attached = device.attachments.map(at => machine.space(at.space).name).join(', ')
  const routed = device.routed === null ? 'blocked' : machine.space(device.routed).name
  const entries =
    device.kind === 'pci' ? machine.platform.describe(machine.hw(), machine.root.hw, device.hw) : []
  const rows = [
    row('path', device.path),
    row('requester id', device.rid ?? 'none'),
    row('group', String(device.hw.group)),
    row(
      'bound',
      device.context === null
        ? 'no'
        : `${dialect.objects.context} fd ${machine.root.contexts.get(device.context)?.fd ?? '?'}`,
    ),
    row('attached', attached === '' ? 'none' : attached),
    row('routed', routed),
    ...entries.flatMap(entry => [
      row(entry.struct, entry.hpa === null ? 'not in memory' : addressText(BigInt(entry.hpa))),
      ...Object.entries(entry.fields).map(([name, value]) =>
        row(`${entry.struct} ${name}`, fieldText(value)),
      ),
    ]),
  ]
  return { title: device.name, rows }
}

function fieldText(value: number | string): string {
  return typeof value === 'number' && value > 9 ? addressText(BigInt(value)) : String(value)
}

function contextFields({ machine, dialect }: FlowSession, uid: number): Plain | null {
  const context = machine.root.contexts.get(uid)
  if (context === undefined) return null
  const spaces = [...machine.root.spaces.values()].filter(space => space.context === uid)
  const devices = [...machine.root.devices.values()].filter(device => device.context === uid)
  const rows = [
    row('fd', `${context.fd}${context.open ? '' : ', closed'}`),
    row('ioasid_list', spaces.map(space => space.name).join(', ') || 'empty'),
    row('device_list', devices.map(device => device.name).join(', ') || 'empty'),
    ...registeredRanges(machine, uid).map(range =>
      row('prereg_list', rangeText(range.vaddr, range.vaddr + range.size - 1n)),
    ),
  ]
  return { title: dialect.objects.context, rows }
}

function groupFields({ machine }: FlowSession, group: number): Plain | null {
  const mates = [...machine.root.devices.values()].filter(device => device.hw.group === group)
  if (mates.length === 0) return null
  return { title: `group ${group}`, rows: [row('devices', mates.map(device => device.name).join(', '))] }
}

function iommuFields({ machine }: FlowSession): Plain {
  const missing = machine.platform.notModelled.map(what => row('not modelled', what))
  return { title: machine.platform.title, rows: [row('platform', machine.platform.id), ...missing] }
}

function memoryFields(session: FlowSession): Plain {
  const { accountedPages, pinnedPages } = session.state().accounting
  const rows = [
    row('accounted', `${countText(accountedPages)} pages`),
    row('pinned', `${countText(pinnedPages)} pages`),
  ]
  return { title: 'Process memory', rows }
}
