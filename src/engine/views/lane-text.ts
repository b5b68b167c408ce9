/** What a row of a sequence chart says of the events it stands for. */
import { unreachable } from '../bits'
import type { MachineEvent } from '../trace/events'
import { type EventRow, entryMark } from './event-rows'
import { countText, plural } from './units'

const STAGES = { config: 'configuration', first: 'first stage', second: 'second stage' } as const

export interface Told {
  readonly event: MachineEvent
  readonly row: EventRow
}

/** The words on an arrow: short, for a few neighbouring events of one sort. */
export function laneText(run: readonly Told[]): string {
  const [told] = run
  if (told === undefined) return ''
  const { event, row } = told
  const n = run.length
  switch (event.kind) {
    case 'call':
      return event.cmd
    case 'return':
      return event.errno === null ? `= ${event.ret}` : `-${event.errno}`
    case 'table-allocated':
    case 'table-freed':
    case 'entries-written':
      return tablesText(run.map(told => told.event))
    case 'reference':
      return `${plural(n, 'reference')}, ${STAGES[event.stage]}`
    case 'config-written':
      return n === 1 ? event.struct : `${n} configuration entries`
    case 'fault':
      return `fault ${event.code}`
    case 'dma':
      return `${event.access} of ${plural(event.bytes, 'byte')}${event.stale ? ', stale' : ''}`
    case 'translated':
      return row.detail.slice(0, row.detail.indexOf(','))
    case 'message':
      return event.what
    case 'invalidated':
      return `${event.command}, ${event.scope}`
    case 'pinned':
    case 'unpinned':
      return `${event.kind} ${plural(pagesOf(run), 'page')}`
    case 'charged':
      return `charged ${row.detail.slice(0, row.detail.indexOf(','))}`
    case 'area-added':
    case 'area-removed':
    case 'shadowed':
      return `${row.object}: ${n === 1 ? `${WORDS[event.kind]}` : `${n} areas ${event.kind}`}`
    case 'cache':
      return `${cachesOf(run, event.op)} ${event.op}`
    case 'object-created':
    case 'object-destroyed':
    case 'bound':
    case 'unbound':
      return `${row.object} ${WORDS[event.kind]}`
    case 'routed':
      return `${row.object}: ${row.detail}`
    case 'guest-wrote':
      return n === 1 ? event.what : `${n} entries: ${guestText(run)}`
    case 'field-changed':
    case 'group':
    case 'ad-updated':
    case 'page-request':
    case 'page-response':
    case 'checked':
    case 'assumed':
      return `${row.object} ${row.detail}`
    default:
      return unreachable(event)
  }
}

const WORDS = {
  'area-added': 'area added',
  'area-removed': 'area removed',
  shadowed: 'shadowed',
  'object-created': 'created',
  'object-destroyed': 'destroyed',
  bound: 'bound',
  unbound: 'unbound',
} as const

/** What the last write of several was for, without its place. */
function guestText(run: readonly Told[]): string {
  const event = run.at(-1)?.event
  return event?.kind === 'guest-wrote' ? event.what.slice(event.what.indexOf(' ') + 1) : ''
}

/** `context cache, PASID cache`. */
function cachesOf(run: readonly Told[], op: string): string {
  return [...new Set(run.map(({ row }) => row.object.replace(` ${op}`, '')))].join(', ')
}

function pagesOf(run: readonly Told[]): number {
  return run.reduce((sum, { event }) => sum + ('pages' in event ? event.pages : 0), 0)
}

/** `+3 tables, +4 entries`. */
function tablesText(events: readonly MachineEvent[]): string {
  const counts = { '+ tables': 0, '- tables': 0, '+ entries': 0, '- entries': 0, '~ entries': 0 }
  for (const event of events) {
    if (event.kind === 'table-allocated') counts['+ tables'] += 1
    else if (event.kind === 'table-freed') counts['- tables'] += 1
    else if (event.kind === 'entries-written') {
      const mark = entryMark(event)
      if (mark !== '') counts[`${mark} entries`] += event.count
    }
  }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => counted(what, count))
    .join(', ')
}

function counted(what: string, count: number): string {
  const [sign = '', many = ''] = what.split(' ')
  const one = many === 'entries' ? 'entry' : 'table'
  return `${sign}${countText(count)} ${count === 1 ? one : many}`
}
