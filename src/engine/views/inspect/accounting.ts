/**
 * Who made the process pay for pinned pages: registered ranges by context, areas by space, and process memory
 * that is charged more than once. A page is charged as often as something pins it by itself; it is pinned once.
 */
import { pinnedPages } from '../../kernel/accounting'
import { areasMeeting, EVERY_PAGE } from '../../kernel/areas'
import type { Machine } from '../../kernel/machine'
import { AreaFlag, addressOf, lastByteOf, TREE } from '../../kernel/state'
import type { FlowSession } from '../../session/session'
import type { Mark } from '../contract'
import { spaceNodeId } from '../graph'
import type { AccountingQuery, AccountingView, ChargeRow, PayerRow, TwiceRow } from './contract'
import { before } from './touched'

const MOST_TWICE = 50

/** One thing that pins and is charged; pages of process memory, inclusive. */
interface Charge {
  readonly first: number
  readonly last: number
  readonly id: string
  readonly name: string
  readonly how: 'registered' | 'mapped'
  readonly mappings: number | null
}

export function accountingView(session: FlowSession, query: AccountingQuery): AccountingView {
  const { machine } = session
  const look = () => ({ charges: chargesOf(session), charged: machine.root.accountedPages })
  const now = look()
  const old = before(session, look)
  const twice = chargedTwice(now.charges)
  const rows = markedRows(now.charges, old?.charges ?? now.charges)
  return {
    pinned: pinnedPages(machine),
    charged: now.charged,
    limit: machine.limits.memlockPages,
    mark: old === null || old.charged === now.charged ? '' : '~',
    payers: markedPayers(now.charges, old?.charges ?? now.charges),
    total: rows.length,
    from: query.from,
    rows: rows.slice(query.from, query.from + query.count),
    twice: twice.slice(0, MOST_TWICE),
    twicePages: twice.reduce((sum, row) => sum + Number((row.last - row.hva + 1n) / 4096n), 0),
  }
}

function chargesOf({ machine, dialect }: FlowSession): readonly Charge[] {
  const { contexts, spaces } = machine.root
  const registered = [...contexts.values()].flatMap(context =>
    registeredCharges(machine, context.uid, `${dialect.objects.context} fd ${context.fd}`),
  )
  const mapped = [...spaces.values()].flatMap(space =>
    areasMeeting(machine, space.uid, EVERY_PAGE)
      .filter(area => (area.perm & AreaFlag.charged) !== 0)
      .map(({ first, last, target }): Charge => {
        const { name } = space
        const pages = { first: target, last: target + (last - first) }
        return { ...pages, id: spaceNodeId(space), name, how: 'mapped', mappings: null }
      }),
  )
  return [...registered, ...mapped].sort((a, b) => a.first - b.first || a.last - b.last)
}

function registeredCharges(machine: Machine, uid: number, name: string): readonly Charge[] {
  const found: Charge[] = []
  const { ranges } = machine.bulk
  ranges.forEachIn(TREE.prereg(uid), EVERY_PAGE.first, EVERY_PAGE.last, slot => {
    const [first, last, mappings] = [ranges.first(slot), ranges.last(slot), ranges.a(slot)]
    found.push({ first, last, id: `context:${uid}`, name, how: 'registered', mappings })
  })
  return found
}

const keyOf = ({ id, how, first, last }: Charge): string => `${id} ${how} ${first} ${last}`

function markedRows(now: readonly Charge[], old: readonly Charge[]): readonly ChargeRow[] {
  const known = new Map(old.map(charge => [keyOf(charge), charge]))
  const kept = new Set(now.map(keyOf))
  const rows = now.map(charge => {
    const was = known.get(keyOf(charge))
    return rowOf(charge, was === undefined ? '+' : was.mappings === charge.mappings ? '' : '~')
  })
  const gone = old.filter(charge => !kept.has(keyOf(charge))).map(charge => rowOf(charge, '-'))
  return gone.length === 0 ? rows : [...rows, ...gone].sort((a, b) => Number(a.hva - b.hva))
}

function rowOf({ first, last, id, name, how, mappings }: Charge, mark: Mark): ChargeRow {
  const bytes = { hva: addressOf(first), last: lastByteOf(last) }
  return { ...bytes, id, name, how, pages: last - first + 1, mappings, mark }
}

function markedPayers(now: readonly Charge[], old: readonly Charge[]): readonly PayerRow[] {
  const [here, there] = [payersOf(now), payersOf(old)]
  const rows = [...here].map(([key, payer]): PayerRow => {
    const was = there.get(key)
    const mark: Mark = was === undefined ? '+' : was.pages === payer.pages ? '' : '~'
    return { ...payer, before: mark === '~' ? (was?.pages ?? null) : null, mark }
  })
  const gone = [...there].filter(([key]) => !here.has(key))
  return [...rows, ...gone.map(([, payer]): PayerRow => ({ ...payer, before: null, mark: '-' }))]
}

function payersOf(charges: readonly Charge[]): ReadonlyMap<string, Omit<PayerRow, 'mark' | 'before'>> {
  const payers = new Map<string, Omit<PayerRow, 'mark' | 'before'>>()
  for (const { id, name, how, first, last } of charges) {
    const key = `${id} ${how}`
    const known = payers.get(key) ?? { id, name, how, ranges: 0, pages: 0 }
    payers.set(key, { ...known, ranges: known.ranges + 1, pages: known.pages + (last - first + 1) })
  }
  return payers
}

/** Where charges lie over each other, by a sweep over their ends; pieces of the same charges are one. */
function chargedTwice(charges: readonly Charge[]): readonly TwiceRow[] {
  const ends = [...new Set(charges.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b)
  const found: TwiceRow[] = []
  let open: readonly Charge[] = []
  let next = 0
  for (const [k, start] of ends.entries()) {
    open = open.filter(charge => charge.last >= start)
    const begin = next
    while ((charges[next]?.first ?? Number.POSITIVE_INFINITY) <= start) next++
    if (next > begin) open = [...open, ...charges.slice(begin, next)]
    const end = ends[k + 1]
    if (open.length > 1 && end !== undefined) found.push(twiceRow(start, end - 1, open))
  }
  return found
}

function twiceRow(first: number, last: number, open: readonly Charge[]): TwiceRow {
  return { hva: addressOf(first), last: lastByteOf(last), names: open.map(charge => charge.name) }
}
