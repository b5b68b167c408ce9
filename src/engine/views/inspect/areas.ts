/** What a space maps, for a reader: rows by range, an address found, and a strip of all of it. */
import { areasMeeting, EVERY_PAGE } from '../../kernel/areas'
import { AreaFlag, addressOf, lastByteOf, permText, type SpaceRecord, TREE } from '../../kernel/state'
import type { FlowSession } from '../../session/session'
import type { Mark } from '../contract'
import { stripOf } from './area-strip'
import { backingOf } from './backing'
import type { AreaRow, AreasQuery, AreasWindow } from './contract'
import { before, touchedRanges } from './touched'

export interface PlainArea {
  readonly first: number
  readonly last: number
  readonly target: number
  /** Bits of AreaFlag. */
  readonly perm: number
  readonly mark: Mark
}

export function areasWindow(session: FlowSession, space: SpaceRecord, query: AreasQuery): AreasWindow {
  const { machine } = session
  const areas = markedAreas(session, space)
  const covered = areas.reduce(
    (pages, area) => pages + (area.mark === '-' ? 0 : area.last - area.first + 1),
    0,
  )
  return {
    total: areas.length,
    bytes: addressOf(covered),
    from: query.from,
    rows: areas.slice(query.from, query.from + query.count).map(area => areaRow(session, space, area)),
    strip: stripOf(areas),
    target: space.parent === null ? 'HVA' : machine.space(space.parent).name,
    found: query.find === null ? null : findRow(areas, Number(query.find >> 12n)),
  }
}

/** In order of address; what the step removed stands among them, marked `-`. */
function markedAreas(session: FlowSession, space: SpaceRecord): readonly PlainArea[] {
  const { machine } = session
  const now = areasMeeting(machine, space.uid, EVERY_PAGE)
  if (space.io !== undefined) return compared(session, space, now)
  const touched = touchedRanges(session, TREE.areas(space.uid))
  if (touched.size === 0) return now.map(area => ({ ...area, mark: '' }))
  const old = new Map(
    (before(session, () => areasAt(session, space.uid, touched)) ?? []).map(a => [a.first, a]),
  )
  const marked = now.map(area => ({ ...area, mark: markOf(area, old.get(area.first), touched) }))
  const kept = new Set(now.map(area => area.first))
  const gone = [...old.values()].filter(area => !kept.has(area.first))
  if (gone.length === 0) return marked
  return [...marked, ...gone.map(area => ({ ...area, mark: '-' as const }))].sort((a, b) => a.first - b.first)
}

type Unmarked = Omit<PlainArea, 'mark'>

/** Areas that are no ranges of the journal: all of them are compared with those before the step. */
function compared(session: FlowSession, space: SpaceRecord, now: readonly Unmarked[]): readonly PlainArea[] {
  const look = () => areasMeeting(session.machine, space.uid, EVERY_PAGE)
  const was = session.at === 0 ? now : (before(session, look) ?? [])
  const old = new Map(was.map(area => [area.first, area]))
  const every = new Set([...now, ...was].map(area => area.first))
  const kept = new Set(now.map(area => area.first))
  const gone = was.filter(area => !kept.has(area.first)).map(area => ({ ...area, mark: '-' as const }))
  return [...now.map(area => ({ ...area, mark: markOf(area, old.get(area.first), every) })), ...gone].sort(
    (a, b) => a.first - b.first,
  )
}

function areasAt({ machine }: FlowSession, uid: number, firsts: ReadonlySet<number>): readonly Unmarked[] {
  const { ranges } = machine.bulk
  const tree = TREE.areas(uid)
  return [...firsts].flatMap(first => {
    const slot = ranges.find(tree, first)
    if (slot < 0 || ranges.first(slot) !== first) return []
    return [{ first, last: ranges.last(slot), target: ranges.a(slot), perm: ranges.b(slot) }]
  })
}

function markOf(area: Unmarked, old: Unmarked | undefined, touched: ReadonlySet<number>): Mark {
  if (!touched.has(area.first)) return ''
  if (old === undefined) return '+'
  return old.last === area.last && old.target === area.target && old.perm === area.perm ? '' : '~'
}

function areaRow({ machine }: FlowSession, space: SpaceRecord, area: PlainArea): AreaRow {
  const holds = area.perm & AreaFlag.charged ? 'pinned' : area.perm & AreaFlag.counted ? 'counted' : ''
  return {
    iova: addressOf(area.first),
    last: lastByteOf(area.last),
    target: addressOf(area.target),
    hva: area.mark === '-' ? null : backingOf(machine, space, area.first),
    perm: permText(area.perm),
    holds,
    mark: area.mark,
  }
}

/** The first area that ends at or after the page; they are sorted and apart. */
function findRow(areas: readonly PlainArea[], page: number): AreasWindow['found'] {
  let low = 0
  let high = areas.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((areas[middle]?.last ?? 0) < page) low = middle + 1
    else high = middle
  }
  const area = areas[low]
  if (area === undefined) return areas.length === 0 ? null : { row: areas.length - 1, inside: false }
  return { row: low, inside: area.first <= page }
}
