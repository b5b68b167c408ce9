/** An event as a row: mark, name, object, detail. The only place that knows how events are worded. */
import type { MachineEvent, Mark } from '../../../engine'
import { unreachable } from '../../../worker/unreachable'
import { address, count, range, size, span, word } from '../../format/hex'

export interface EventText {
  readonly mark: Mark | '!'
  readonly object: string
  readonly detail: string
}

function row(mark: EventText['mark'], object: string, detail = ''): EventText {
  return { mark, object, detail }
}

/** Any value of an argument list or of a struct handed back; bigint in hex, since those are addresses and sizes. */
export function plainText(value: unknown): string {
  if (typeof value === 'bigint') return value >= 0n && value > 9n ? address(value) : String(value)
  if (Array.isArray(value)) return `[${value.map(plainText).join(', ')}]`
  if (value !== null && typeof value === 'object') return structText(value)
  return String(value)
}

function structText(fields: object): string {
  const inside = Object.entries(fields).map(([name, value]) => `${name} ${plainText(value)}`)
  return inside.length === 0 ? '' : `{ ${inside.join(', ')} }`
}

function route(device: string, pasid: number | null): string {
  return pasid === null ? device : `${device} PASID 0x${pasid.toString(16)}`
}

function spaceName(id: number | null): string {
  return id === null ? 'none' : `ioasid ${id}`
}

function words(values: readonly bigint[]): string {
  return values.map(word).join(' ')
}

export function eventText(event: MachineEvent): EventText {
  switch (event.kind) {
    case 'call':
      return row('', event.cmd, structText(event.args))
    case 'return':
      return returned(event)
    case 'object-created':
      return row(
        '+',
        event.name,
        `${event.obj} ${event.id}${event.parent === null ? '' : `, child of ${event.parent}`}`,
      )
    case 'object-destroyed':
      return row('-', event.name, `${event.obj} ${event.id}`)
    case 'field-changed':
      return row(
        '~',
        `${event.obj} ${event.id}`,
        `${event.field} ${plainText(event.before)} -> ${plainText(event.after)}`,
      )
    case 'bound':
      return row(
        '+',
        event.device,
        `fd ${event.fd}${event.cookie === null ? '' : `, cookie ${address(event.cookie)}`}`,
      )
    case 'unbound':
      return row('-', event.device, `fd ${event.fd}`)
    case 'routed':
      return row('~', route(event.device, event.pasid), `${spaceName(event.from)} -> ${spaceName(event.to)}`)
    case 'group':
      return row(
        '~',
        `group ${event.id}`,
        `${event.state}${event.waiting.length > 0 ? `, waits for ${event.waiting.join(', ')}` : ''}`,
      )
    case 'area-added':
      return row(
        '+',
        spaceName(event.space),
        `${range(event.first, event.last)} -> ${address(event.target)} ${event.perm}`,
      )
    case 'area-removed':
      return row('-', spaceName(event.space), `${range(event.first, event.last)} (${event.cause})`)
    case 'pinned':
      return row(
        '+',
        `HVA ${address(event.hva)}`,
        `${count(event.pages)} pages, ${count(event.frames)} frames new`,
      )
    case 'unpinned':
      return row(
        '-',
        `HVA ${address(event.hva)}`,
        `${count(event.pages)} pages, ${count(event.frames)} frames let go`,
      )
    case 'charged':
      return row('~', event.who, charged(event))
    case 'table-allocated':
      return row(
        '+',
        `HPA ${address(event.hpa)}`,
        `table ${event.table} level ${event.level}, ${size(BigInt(event.bytes))}`,
      )
    case 'table-freed':
      return row('-', `HPA ${address(event.hpa)}`, `table ${event.table} level ${event.level}`)
    case 'entries-written':
      return row(
        event.before === 0n ? '+' : event.after === 0n ? '-' : '~',
        entryName(event),
        `${word(event.before)} -> ${word(event.after)}`,
      )
    case 'config-written':
      return row(
        '~',
        `${event.struct} @ ${address(event.hpa)}`,
        `${words(event.before)} -> ${words(event.after)}`,
      )
    case 'shadowed':
      return row('~', spaceName(event.child), `${range(event.first, event.last)} (${event.cause})`)
    case 'invalidated':
      return row('-', event.command, `${event.scope}, ${event.dropped} dropped  ${words(event.raw)}`)
    case 'cache':
      return row('', `${event.which} ${event.op}`, `${event.tag} ${event.value}`)
    case 'reference':
      return row('', `HPA ${address(event.hpa)}`, `${event.why} ${word(event.value)}`)
    case 'ad-updated':
      return row('~', `HPA ${address(event.hpa)}`, `${word(event.before)} -> ${word(event.after)}`)
    case 'translated':
      return row(
        '',
        route(event.device, event.pasid),
        `IOVA ${address(event.iova)} -> HPA ${address(event.output)} ${event.perm}, ${size(BigInt(event.size))}, ${event.references} references`,
      )
    case 'fault':
      return row(
        '!',
        `${event.code} ${event.name}`,
        `${event.access} ${address(event.addr)}, ${event.stage}${event.level === null ? '' : ` level ${event.level}`}`,
      )
    case 'page-request':
      return row('', `group ${event.group}`, `${address(event.addr)}${event.last ? ', last' : ''}`)
    case 'page-response':
      return row('', `group ${event.group}`, `${event.code} by ${event.by}`)
    case 'dma':
      return row(
        '',
        event.device,
        `${event.access} ${count(event.bytes)} B ${event.runs.map(r => span(r.hpa, r.hpa + BigInt(r.bytes) - 1n)).join(', ')}${event.stale ? ', by a stale entry' : ''}`,
      )
    case 'guest-wrote':
      return row(
        '~',
        `GPA ${address(event.gpa)}`,
        `${event.what} ${word(event.before)} -> ${word(event.after)}`,
      )
    case 'message':
      return row('', `${event.actor} to ${event.to}`, event.what)
    case 'checked':
      return row(
        event.ok ? '' : '!',
        event.ok ? 'holds' : 'does not hold',
        `${event.left} and ${event.right}`,
      )
    case 'assumed':
      return row('', event.name, event.value)
    default:
      return unreachable(event)
  }
}

function returned(event: Extract<MachineEvent, { kind: 'return' }>): EventText {
  if (event.errno !== null)
    return row('!', `-${event.errno}`, `rule ${event.rule ?? 'none'}, nothing changed`)
  return row('', String(event.ret), event.out === null ? '' : structText(event.out))
}

function charged({ delta, total, limit }: Extract<MachineEvent, { kind: 'charged' }>): string {
  const sign = delta < 0 ? '' : '+'
  return `${sign}${count(delta)} pages, ${count(total)} now${limit === null ? '' : ` of ${count(limit)}`}`
}

function entryName(event: Extract<MachineEvent, { kind: 'entries-written' }>): string {
  const last = event.count > 1 ? `..${event.index + event.count - 1}` : ''
  return `level ${event.level} [${event.index}${last}] @ ${address(event.hpa)}`
}
