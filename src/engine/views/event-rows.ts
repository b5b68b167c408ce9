/**
 * What a step did, as rows for a reader: number, mark, event, object, detail. The only place that knows
 * how events are worded. 64-bit words are never shortened.
 */
import { unreachable } from '../bits'
import { eventObjects } from '../session/event-objects'
import { type Scene, sceneOf } from '../session/scene'
import type { FlowSession } from '../session/session'
import type { Actor, MachineEvent } from '../trace/events'
import type { Mark } from './contract'
import {
  levelText,
  routeText,
  spaceText,
  spanText,
  structText,
  targetText,
  valueText,
  wordText,
} from './event-words'
import { addressText, countText, plural, sizeText } from './units'

export interface EventRow {
  /** From 1, in the order it happened. */
  readonly seq: number
  /** Which call of the VMM made inside the step it belongs to, from 1; 0 for the step's own. */
  readonly sub: number
  readonly kind: MachineEvent['kind']
  readonly actor: Actor
  /** `!` where something was refused or faulted. */
  readonly mark: Mark | '!'
  readonly object: string
  readonly detail: string
  /** Id of the graph node the event is about, or null. */
  readonly node: string | null
}

/** The events of step n; empty at the start. */
export function eventRows(session: FlowSession, n: number): readonly EventRow[] {
  const rows = session.replay(n, (events, before) => {
    const scene = sceneOf(before, session.machine.root, events)
    return events.map(event => eventRow(event, scene))
  })
  return rows ?? []
}

export function eventRow(event: MachineEvent, scene: Scene): EventRow {
  const { seq, sub, kind, actor } = event
  const [mark, object, detail = ''] = texts(event, scene)
  return { seq, sub, kind, actor, mark, object, detail, node: eventObjects(event, scene)[0] ?? null }
}

type Texts = readonly [mark: EventRow['mark'], object: string, detail?: string]
type Of<K extends MachineEvent['kind']> = Extract<MachineEvent, { kind: K }>

function texts(event: MachineEvent, scene: Scene): Texts {
  switch (event.kind) {
    case 'call':
      return ['', event.cmd, structText(event.args)]
    case 'return':
      return returned(event)
    case 'object-created':
      return ['+', event.name, `${event.obj} ${event.id}${childOf(event, scene)}`]
    case 'object-destroyed':
      return ['-', event.name === '' ? event.obj : event.name, `${event.obj} ${event.id}`]
    case 'field-changed':
      return ['~', `${event.obj} ${event.id}`, changed(event.field, event.before, event.after)]
    case 'bound':
      return ['+', event.device, `to fd ${event.fd}${cookie(event)}`]
    case 'unbound':
      return ['-', event.device, `from fd ${event.fd}`]
    case 'routed':
      return [
        '~',
        routeText(event.device, event.pasid),
        `${spaceText(scene, event.from)} -> ${spaceText(scene, event.to)}`,
      ]
    case 'group':
      return ['~', `group ${event.id}`, [event.state, ...waiting(event)].join(', ')]
    case 'area-added':
      return ['+', spaceText(scene, event.space), `IOVA ${area(event, scene)} ${event.perm}`]
    case 'area-removed':
      return ['-', spaceText(scene, event.space), `IOVA ${area(event, scene)}, ${event.cause}`]
    case 'shadowed':
      return ['~', spaceText(scene, event.child), `IOVA ${spanText(event.first, event.last)}, ${event.cause}`]
    default:
      return isBulk(event) ? bulkTexts(event, scene) : hardwareTexts(event)
  }
}

const BULK = [
  'pinned',
  'unpinned',
  'charged',
  'table-allocated',
  'table-freed',
  'entries-written',
  'config-written',
] as const

type Bulk = Of<(typeof BULK)[number]>
type Hardware = Exclude<
  MachineEvent,
  | Bulk
  | Of<'call' | 'return' | 'object-created' | 'object-destroyed' | 'field-changed' | 'bound' | 'unbound'>
  | Of<'routed' | 'group' | 'area-added' | 'area-removed' | 'shadowed'>
>

function isBulk(event: Bulk | Hardware): event is Bulk {
  return BULK.some(kind => kind === event.kind)
}

/** Memory the kernel pins, charges and writes. */
function bulkTexts(event: Bulk, scene: Scene): Texts {
  switch (event.kind) {
    case 'pinned':
      return [
        '+',
        `HVA ${addressText(event.hva)}`,
        `${plural(event.pages, 'page')}, ${countText(event.frames)} of them new`,
      ]
    case 'unpinned':
      return [
        '-',
        `HVA ${addressText(event.hva)}`,
        `${plural(event.pages, 'page')}, ${countText(event.frames)} of them let go`,
      ]
    case 'charged':
      return ['~', event.who, charged(event)]
    case 'table-allocated':
      return ['+', levelText(scene, event.table, event.level), tablePlace(event)]
    case 'table-freed':
      return ['-', levelText(scene, event.table, event.level), tablePlace(event)]
    case 'entries-written':
      return [entryMark(event), entryName(event, scene), entryChange(event)]
    case 'config-written':
      return [
        '~',
        `${event.struct} @ ${addressText(event.hpa)}`,
        `${event.before.map(wordText).join(' ')} -> ${event.after.map(wordText).join(' ')}`,
      ]
    default:
      return unreachable(event)
  }
}

/** What the IOMMU, devices and guests do, and what the flow says itself. */
function hardwareTexts(event: Hardware): Texts {
  switch (event.kind) {
    case 'invalidated':
      return [
        '-',
        event.command,
        `${event.scope}, ${plural(event.dropped, 'entry').replace(/entrys$/, 'entries')} dropped, ${event.raw.map(wordText).join(' ')}`,
      ]
    case 'cache':
      return ['', `${CACHE_NAMES[event.which]} ${event.op}`, [event.tag, event.value].join(' ').trim()]
    case 'reference':
      return ['', event.why, `HPA ${addressText(event.hpa)} holds ${wordText(event.value)}`]
    case 'ad-updated':
      return ['~', `HPA ${addressText(event.hpa)}`, `${wordText(event.before)} -> ${wordText(event.after)}`]
    case 'translated':
      return [
        '',
        routeText(event.device, event.pasid),
        `IOVA ${addressText(event.iova)} -> HPA ${addressText(event.output)} ${event.perm}, page of ${sizeText(BigInt(event.size))}, ${plural(event.references, 'reference')}`,
      ]
    case 'fault':
      return ['!', `${event.code} ${event.name}`, faultPlace(event)]
    case 'page-request':
      return ['', `group ${event.group}`, `${addressText(event.addr)}${event.last ? ', last' : ''}`]
    case 'page-response':
      return ['', `group ${event.group}`, `${event.code} by ${event.by}`]
    case 'dma':
      return [event.stale ? '!' : '', event.device, transfer(event)]
    case 'guest-wrote':
      return [
        '~',
        `GPA ${addressText(event.gpa)}`,
        `${event.what} ${wordText(event.before)} -> ${wordText(event.after)}`,
      ]
    case 'message':
      return ['', event.ref ?? `${ACTOR_NAMES[event.actor]} to ${ACTOR_NAMES[event.to]}`, event.what]
    case 'checked':
      return [
        event.ok ? '' : '!',
        event.ok ? 'holds' : 'does not hold',
        `left ${event.left}, right ${event.right}`,
      ]
    case 'assumed':
      return ['', event.name, event.value]
    default:
      return unreachable(event)
  }
}

export const ACTOR_NAMES: Readonly<Record<Actor, string>> = {
  guest: 'guest',
  vmm: 'VMM',
  kernel: 'kernel',
  iommu: 'IOMMU',
  device: 'device',
}

const CACHE_NAMES: Readonly<Record<Of<'cache'>['which'], string>> = {
  iotlb: 'IOTLB',
  context: 'context cache',
  pasid: 'PASID cache',
  'paging-structure': 'paging-structure cache',
  'device-tlb': 'device TLB',
}

function returned(event: Of<'return'>): Texts {
  if (event.errno !== null)
    return ['!', 'kernel to VMM', `-${event.errno}, rule ${event.rule ?? 'none'}, nothing changed`]
  const out = event.out === null ? '' : structText(event.out)
  return ['', 'kernel to VMM', `${event.ret} ${out}`.trim()]
}

function childOf({ parent }: Of<'object-created' | 'object-destroyed'>, scene: Scene): string {
  return parent === null ? '' : `, child of ${spaceText(scene, parent)}`
}

function changed(field: string, before: unknown, after: unknown): string {
  return `${field} ${valueText(before)} -> ${valueText(after)}`
}

function cookie(event: Of<'bound' | 'unbound'>): string {
  return event.cookie === null ? '' : `, cookie ${addressText(event.cookie)}`
}

function waiting(event: Of<'group'>): string[] {
  return event.waiting.length === 0 ? [] : [`waits for ${event.waiting.join(', ')}`]
}

function area(event: Of<'area-added' | 'area-removed'>, scene: Scene): string {
  const { space, first, last, target } = event
  return `${spanText(first, last)} -> ${targetText(scene, space, target)}`
}

function charged({ delta, total, limit }: Of<'charged'>): string {
  const change = `${delta < 0 ? '-' : '+'}${plural(Math.abs(delta), 'page')}`
  return `${change}, ${countText(total)} now${limit === null ? '' : ` of ${countText(limit)}`}`
}

function tablePlace({ hpa, bytes }: Of<'table-allocated' | 'table-freed'>): string {
  return `HPA ${addressText(hpa)} + ${sizeText(BigInt(bytes))}`
}

export function entryMark({ before, after }: Of<'entries-written'>): Mark {
  return before === 0n ? '+' : after === 0n ? '-' : '~'
}

function entryName(event: Of<'entries-written'>, scene: Scene): string {
  const last = event.count > 1 ? `..${event.index + event.count - 1}` : ''
  return `${levelText(scene, event.table, event.level)}[${event.index}${last}] @ ${addressText(event.hpa)}`
}

function entryChange({ before, after, count, stride }: Of<'entries-written'>): string {
  const change = `${wordText(before)} -> ${wordText(after)}`
  return count === 1 || stride === 0n ? change : `${change}, each next + ${addressText(stride)}`
}

const STAGES = { config: 'configuration', first: 'first stage', second: 'second stage' } as const

function faultPlace({ access, addr, stage, level }: Of<'fault'>): string {
  return `${access} ${addressText(addr)}, ${STAGES[stage]}${level === null ? '' : ` level ${level}`}`
}

function transfer({ access, bytes, runs, stale, coherent }: Of<'dma'>): string {
  const places = runs.map(run => `HPA ${addressText(run.hpa)} + ${plural(run.bytes, 'byte')}`)
  return [
    `${access} of ${plural(bytes, 'byte')}`,
    ...places,
    ...(stale ? ['by a stale entry'] : []),
    ...(coherent ? [] : ['may not snoop']),
  ].join(', ')
}
