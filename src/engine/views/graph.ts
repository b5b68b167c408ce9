/**
 * The picture of a machine: process memory, contexts with their spaces, the IOMMU, groups with their
 * devices, and who routes, nests and maps what. What the last step changed is marked.
 */

import { registersMemory } from '../kernel/lineage'
import type { Machine } from '../kernel/machine'
import { routedTo } from '../kernel/routing'
import type { DeviceRecord, SpaceRecord } from '../kernel/state'
import type { FlowSession } from '../session/session'
import { areaViews, registeredRanges } from '../session/state-view'
import type { DiagramWords, GraphEdge, GraphNode, GraphRow, GraphView } from './contract'
import { markChanges } from './marks'
import { type Numbered, NumberedObjects, referenceEdges, standsAlone, tableEdges } from './numbered'
import { boxRows, subtitleOf } from './numbered-fields'
import { faultSummary, ringText, waitingSummary } from './page-requests'
import { pasidTableRows, tableNames, tableSummary, userTableNames, userTableRows } from './table-rows'
import { addressText, countText, plural, rangeText, sizeText, wireText } from './units'

/**
 * `names` leaves out what tables hold, which is counted entry by entry: for who asks which objects and rows
 * there are.
 */
type Detail = 'full' | 'names'

/** The graph at the step where the session stands, marked against the step before. */
export function graphView(session: FlowSession, detail: Detail = 'full'): GraphView {
  const before = session.at === 0 ? null : graphBefore(session, detail)
  const now = bareGraph(session, detail)
  lastMade.set(session, { at: session.at, detail, graph: now })
  return before === null ? now : markChanges(now, before)
}

interface Made {
  readonly at: number
  readonly detail: Detail
  readonly graph: GraphView
}

/** A step's picture without marks never changes: who goes from step to step has the one before already. */
const lastMade = new WeakMap<FlowSession, Made>()

function graphBefore(session: FlowSession, detail: Detail): GraphView {
  const made = lastMade.get(session)
  const wanted = session.at - 1
  if (made?.at === wanted && made.detail === detail) return made.graph
  return session.peek(wanted, () => bareGraph(session, detail))
}

/** The picture without marks. */
export function bareGraph(session: FlowSession, detail: Detail = 'full'): GraphView {
  const { machine } = session
  const objects = new NumberedObjects(session)
  const nodes = [
    memoryNode(machine),
    ...contextNodes(session),
    ...spaceNodes(session, objects, detail),
    ...objectNodes(machine, objects, detail),
    iommuNode(machine),
    ...groupNodes(machine),
    ...deviceNodes(machine, objects),
  ]
  const title = session.scenario.title ?? 'Untitled flow'
  return { title, nodes, edges: edges(machine, objects) }
}

/** Memory and IOMMU are there before anything is made; a group comes with its first device. */
const MEMORY_ORDER = 1
const IOMMU_ORDER = 2
const recordOrder = (order: number): number => 2 * order + 4
const groupOrder = (firstDevice: number): number => recordOrder(firstDevice) - 1

interface Draft {
  readonly order: number
  readonly id: string
  readonly kind: GraphNode['kind']
  readonly title: string
  readonly subtitle: string
  readonly rows: readonly GraphRow[]
  readonly variant?: string
  readonly inside?: string | null
  readonly areas?: number
  readonly number?: number
  readonly diagram?: DiagramWords
}

function node(draft: Draft): GraphNode {
  return { variant: '', inside: null, ...draft, mark: '' }
}

export function row(label: string, value: string): GraphRow {
  return { label, value, mark: '', before: null }
}

function byOrder<T extends { readonly order: number }>(records: Iterable<T>): readonly T[] {
  return [...records].sort((a, b) => a.order - b.order)
}

function memoryNode(machine: Machine): GraphNode {
  const registered = byOrder(machine.root.contexts.values()).flatMap(context =>
    registeredRanges(machine, context.uid),
  )
  const rows = [
    ...registered.map(range => row('prereg', rangeText(range.vaddr, range.vaddr + range.size - 1n))),
    ...byOrder(machine.root.spaces.values())
      .filter(space => space.parent === null)
      .flatMap(space => mappedRow(machine, space)),
  ]
  const { accountedPages } = machine.root
  const subtitle = `VMM, HVA; ${plural(accountedPages, 'page')} accounted`
  return node({ order: MEMORY_ORDER, id: 'memory', kind: 'memory', title: 'Process memory', subtitle, rows })
}

function mappedRow(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  const areas = areaViews(machine, space)
  const [first] = areas
  if (first === undefined) return []
  const bytes = areas.reduce((sum, area) => sum + (area.last - area.iova + 1n), 0n)
  const value =
    areas.length === 1
      ? `HVA ${rangeText(first.target, first.target + (first.last - first.iova))}`
      : `${plural(areas.length, 'area')}, ${sizeText(bytes)}`
  return [row(space.name, value)]
}

function contextNodes(session: FlowSession): readonly GraphNode[] {
  const { machine, dialect } = session
  return byOrder(machine.root.contexts.values()).map(context => {
    const closed = context.open ? '' : ', closed'
    const subtitle = `fd ${context.fd}${closed}${ringText(machine, context.uid)}`
    return node({
      order: recordOrder(context.order),
      id: `context:${context.uid}`,
      kind: 'context',
      title: dialect.objects.context,
      ...diagramOf(dialect.objects),
      subtitle,
      rows: [],
    })
  })
}

/** Names a space by its uid: ids are given out again, a picture must not mix two of them up. */
export function spaceNodeId(space: SpaceRecord): string {
  return `space:${space.uid}`
}

function spaceNodes(session: FlowSession, objects: NumberedObjects, detail: Detail): readonly GraphNode[] {
  const { machine } = session
  return byOrder(machine.root.spaces.values()).map(space => {
    const numbered = objects.at(spaceNodeId(space))
    // Page tables that have numbers of their own are nodes of their own.
    const tables = numbered === null ? (detail === 'full' ? tableSummary : tableNames)(machine, space) : []
    return node({
      order: recordOrder(space.order),
      id: spaceNodeId(space),
      kind: 'space',
      variant: numbered?.words.variant ?? space.kind,
      title: space.name,
      subtitle: `ioasid ${space.id}, ${describeSpace(machine, space)}`,
      inside: `context:${space.context}`,
      rows: [...ownRows(machine, space, detail), ...tables, ...faultSummary(machine, space)],
      areas: areaViews(machine, space).length,
      ...(numbered === null ? {} : namesOf(numbered)),
    })
  })
}

const diagramOf = (words: { readonly diagram?: DiagramWords }) =>
  words.diagram === undefined ? {} : { diagram: words.diagram }

const namesOf = (one: Numbered) => ({
  ...diagramOf(one.words),
  title: one.words.title,
  subtitle: subtitleOf(one),
  number: one.birth.nth,
})

function objectNodes(machine: Machine, objects: NumberedObjects, detail: Detail): readonly GraphNode[] {
  return objects.all.filter(standsAlone).map(one =>
    node({
      order: recordOrder(one.birth.order),
      id: one.node,
      kind: 'object',
      variant: one.words.variant,
      inside: `context:${one.context}`,
      rows: boxRows(machine, one, detail),
      ...namesOf(one),
    }),
  )
}

const KIND_WORDS: Readonly<Record<SpaceRecord['kind'], string>> = {
  kernel: 'kernel',
  'user-table': 'user table',
  'user-pasid-table': 'user PASID table',
  sva: 'SVA',
  prereg: 'prereg',
  dummy: 'dummy',
  passthrough: 'passthrough',
  blocked: 'blocked',
}

export function describeSpace(machine: Machine, space: SpaceRecord): string {
  const [group] = space.partialGroups
  if (group !== undefined) return `waits for group ${group}`
  const place = space.parent === null ? 'root' : `child of ${machine.space(space.parent).id}`
  return `${KIND_WORDS[space.kind]} ${place}`
}

/** Areas of a space that has them; where the table of another lies. */
function ownRows(machine: Machine, space: SpaceRecord, detail: Detail): readonly GraphRow[] {
  if (space.userTable !== null) return (detail === 'full' ? userTableRows : userTableNames)(machine, space)
  if (space.pasidTable !== null) return pasidTableRows(machine, space)
  return space.kind === 'sva' ? [row('table', 'of the process')] : areaRow(machine, space)
}

function areaRow(machine: Machine, space: SpaceRecord): readonly GraphRow[] {
  const areas = areaViews(machine, space)
  const [first] = areas
  if (first === undefined) return [row('area', 'none')]
  if (areas.length === 1) return [row('area', rangeText(first.iova, first.last))]
  return [row('area', `${countText(areas.length)} areas`)]
}

function iommuNode(machine: Machine): GraphNode {
  const rows = byOrder(machine.root.devices.values())
    .filter(device => device.kind === 'pci')
    .flatMap(device => routeRows(machine, device))
  return node({
    order: IOMMU_ORDER,
    id: 'iommu:0',
    kind: 'iommu',
    title: 'IOMMU',
    subtitle: machine.platform.title,
    rows,
  })
}

/** A row for each entry that decides about the device's requests: one, or one a window. */
function routeRows(machine: Machine, device: DeviceRecord): readonly GraphRow[] {
  const { platform } = machine
  const rid = device.rid ?? device.name
  const entries = platform.describe(machine.hw(), machine.root.hw, device.hw)
  const ports = entries.flatMap(({ port, fields }) =>
    port === undefined ? [] : [row(`${rid} ${port}`, tellingText(platform.tellingFields, fields))],
  )
  const own = entries.filter(entry => entry.port === undefined)
  if (own.length === 0) return ports
  const told = own
    .map(({ fields }) => tellingText(platform.tellingFields, fields))
    .findLast(text => text !== '')
  return [row(rid, device.routed === null ? 'blocked' : (told ?? '')), ...ports]
}

function tellingText(names: readonly string[], fields: Readonly<Record<string, number | string>>): string {
  const told = names.filter(name => fields[name] !== undefined)
  return told.map(name => `${name} ${grouped(fields[name] ?? '')}`).join(' ')
}

const grouped = (value: number | string) =>
  typeof value === 'string' && /^0x[0-9a-f]+$/.test(value) ? addressText(BigInt(value)) : value

function groupNodes(machine: Machine): readonly GraphNode[] {
  const groups = new Map<number, DeviceRecord[]>()
  for (const device of byOrder(machine.root.devices.values()))
    groups.set(device.hw.group, [...(groups.get(device.hw.group) ?? []), device])
  return [...groups].map(([group, devices]) =>
    node({
      order: groupOrder(devices[0]?.order ?? 0),
      id: `group:${group}`,
      kind: 'group',
      title: `group ${group}`,
      subtitle: plural(devices.length, 'device'),
      rows: [],
    }),
  )
}

function deviceNodes(machine: Machine, objects: NumberedObjects): readonly GraphNode[] {
  return byOrder(machine.root.devices.values()).map(device => {
    const numbered = objects.at(`device:${device.name}`)
    return node({
      ...(numbered === null ? {} : { ...diagramOf(numbered.words), number: numbered.birth.nth }),
      order: recordOrder(device.order),
      id: `device:${device.name}`,
      kind: 'device',
      variant: device.kind,
      title: device.name,
      subtitle: device.rid ?? 'no requester id',
      inside: `group:${device.hw.group}`,
      rows: [row('bound', boundText(machine, device)), ...waitingSummary(machine, device)],
    })
  })
}

function boundText(machine: Machine, device: DeviceRecord): string {
  const bound = device.bindings.map(({ context }) => `fd ${machine.root.contexts.get(context)?.fd ?? '?'}`)
  return bound.join(', ') || 'no'
}

function edges(machine: Machine, objects: NumberedObjects): readonly GraphEdge[] {
  const spaces = byOrder(machine.root.spaces.values())
  return [
    ...spaces
      .filter(space => objects.at(spaceNodeId(space)) === null)
      .flatMap(space => nestEdge(machine, space)),
    ...referenceEdges(objects),
    ...spaces.flatMap(space => mapEdge(machine, space)),
    ...byOrder(machine.root.devices.values()).flatMap(
      device => tableEdges(machine, objects, device) ?? attachEdges(machine, device),
    ),
  ]
}

function nestEdge(machine: Machine, space: SpaceRecord): readonly GraphEdge[] {
  if (space.parent === null) return []
  const to = spaceNodeId(machine.space(space.parent))
  const from = spaceNodeId(space)
  return [{ id: `nest:${from}`, kind: 'nest', from, to, label: 'parent', dashed: false, mark: '' }]
}

function mapEdge(machine: Machine, space: SpaceRecord): readonly GraphEdge[] {
  const count = areaViews(machine, space).length
  if (space.parent !== null || count === 0) return []
  const from = spaceNodeId(space)
  const label = plural(count, 'area')
  return [
    { id: `map:${from}`, kind: 'map', from, to: 'memory', label, dashed: registersMemory(space), mark: '' },
  ]
}

function attachEdges(machine: Machine, device: DeviceRecord): readonly GraphEdge[] {
  return device.attachments.map((at): GraphEdge => {
    const to = spaceNodeId(machine.space(at.space))
    const from = `device:${device.name}`
    const routes = routedTo(device, at.pasid) === at.space
    const rid = `RID ${(device.rid ?? '').replace(/^0000:/, '')}`
    const label = `${rid}${wireText(at)}${routes ? '' : ', does not route'}`
    const id = `attach:${device.name}:${to}${at.pasid === null ? '' : `:${at.pasid}`}`
    return { id, kind: 'attach', from, to, label, dashed: !routes || at.pasid !== null, mark: '' }
  })
}
