/**
 * What the inspector says of one object of the graph at once: its fields under their kernel names, what stands on
 * its other tabs, and which of them the step changed. What fills those tabs is asked for piece by piece (inspect/).
 */
import { areaCount, lowestArea } from '../kernel/areas'
import { addressOf, type SpaceRecord, TREE } from '../kernel/state'
import { formatOf } from '../pt'
import type { FlowSession } from '../session/session'
import type { InspectorView, Mark } from './contract'
import { shownTables } from './inspect/shown-tables'
import { lowestMapped } from './inspect/table-window'
import { before, touchedRanges } from './inspect/touched'
import { markRows } from './marks'
import { plainFields, spaceOf, tableSpaceOf } from './object-fields'

/** The object a graph node stands for, at the step where the session stands; null for none. */
export function inspectorView(session: FlowSession, id: string): InspectorView | null {
  const look = () => plainFields(session, id)
  const now = look()
  if (now === null) return null
  const old = session.at === 0 ? now : before(session, look)
  const fields = markRows(now.rows, old?.rows ?? [])
  const changed = (...labels: readonly string[]): Mark =>
    fields.find(row => labels.includes(row.label) && row.mark !== '')?.mark ?? ''
  const space = spaceOf(session, id)
  const { machine } = session
  const tabled = tableSpaceOf(session, id)
  const shown = tabled === null ? [] : shownTables(machine, tabled)
  const lowest = space === null ? null : lowestArea(machine, space.uid)
  const first = lowest === null ? null : addressOf(lowest)
  const [bound] = space?.userTable == null ? [] : shown
  return {
    id,
    title: now.title,
    fields,
    areas: {
      count: space === null ? 0 : areaCount(machine, space),
      first,
      mark: space !== null && areasTouched(session, space) ? changed('areas') || '~' : '',
    },
    lowest: bound === undefined ? first : lowestMapped(session, bound),
    tables: shown.map(({ ref, pasid }) => ({
      table: ref.id,
      title: `${pasid === undefined ? '' : `PASID ${pasid}, `}${formatOf(ref.format).title}`,
      root: BigInt(ref.root),
    })),
    marks: {
      table: changed('root', 'tables', 'leaves', 'pgd'),
      caches: cachesMark(session),
      accounting: accountingMark(session),
    },
  }
}

function areasTouched(session: FlowSession, space: SpaceRecord): boolean {
  if (space.io === undefined) return touchedRanges(session, TREE.areas(space.uid)).size > 0
  const old = before(session, () => session.machine.root.spaces.get(space.uid)?.io?.areas)
  return old !== null && old !== space.io.areas
}

/** `~` where the step put entries into a cache or took some out. */
function cachesMark(session: FlowSession): Mark {
  const { machine } = session
  const look = () => machine.platform.cacheLines(machine.hw(), machine.root.hw).join('\n')
  const was = before(session, look)
  return was === null || was === look() ? '' : '~'
}

/** `~` where the step pinned, charged or gave back. */
function accountingMark(session: FlowSession): Mark {
  const look = () => session.machine.root.accountedPages
  const was = before(session, look)
  return (was === null || was === look()) && touchedRanges(session, TREE.pins).size === 0 ? '' : '~'
}
