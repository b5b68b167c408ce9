/**
 * A refused call told in full: the rule with its source, the values involved, the range that was asked for beside
 * what it met, the policy that decides, and which checks came before and after.
 */
import { areasMeeting } from '../../kernel/areas'
import { type RefusalValue, ruleText } from '../../kernel/outcome'
import { permittedRanges } from '../../kernel/permitted'
import { RULES, type RuleId } from '../../kernel/rules.data'
import { addressOf, lastByteOf, type SpaceRecord, TREE } from '../../kernel/state'
import type { FlowSession } from '../../session/session'
import type { RangeDrawing, RefusalView } from './contract'

/** The refusal of the step where the session stands; null where it was not refused. */
export function refusalView(session: FlowSession): RefusalView | null {
  const step = session.steps[session.at - 1]
  const values = session.refusalValues(session.at)
  if (step === undefined || step.errno === null || !isRule(step.rule) || values === null) return null
  const { source, basis } = RULES[step.rule]
  const text = ruleText(step.rule)
  return {
    rule: step.rule,
    errno: step.errno,
    message: step.message ?? text,
    text,
    source,
    basis,
    values: Object.entries(values).map(([name, value]) => ({ name, value })),
    drawing: drawingOf(session, step.rule, values),
    knobs: knobsIn(session, `${source} ${text}`, step.rule),
    checks: checksOf(session, step.call, step.rule),
  }
}

function isRule(id: string | null): id is RuleId {
  return id !== null && Object.hasOwn(RULES, id)
}

type Values = Readonly<Record<string, RefusalValue>>
type Range = RangeDrawing['asked']

const NEIGHBOURS = 4

function drawingOf(session: FlowSession, rule: RuleId, values: Values): RangeDrawing | null {
  const asked = rangeIn(values, 'first', 'last', 'asked')
  if (asked === null) return null
  const others = [
    rangeIn(values, 'areaFirst', 'areaLast', 'area'),
    rangeIn(values, 'otherFirst', 'otherLast', 'registered'),
  ].filter(range => range !== null)
  const space =
    rule.startsWith('register') || rule.startsWith('unregister') || rule === 'map.not-preregistered'
  if (space) return { space: 'HVA', asked, others: others.length > 0 ? others : registered(session) }
  const near = others.length > 0 ? others : nearBy(session, rule, asked)
  return { space: 'IOVA', asked, others: near }
}

function rangeIn(values: Values, first: string, last: string, label: string): Range | null {
  const [a, b] = [values[first], values[last]]
  return typeof a === 'bigint' && typeof b === 'bigint' ? { first: a, last: b, label } : null
}

/** Ranges that are registered, in any context, the lowest first. */
function registered({ machine }: FlowSession): readonly Range[] {
  return [...machine.root.contexts.keys()]
    .flatMap(uid => {
      const found: Range[] = []
      const { ranges } = machine.bulk
      ranges.forEachIn(TREE.prereg(uid), 0, 2 ** 52 - 1, slot => {
        if (found.length < NEIGHBOURS)
          found.push({
            first: addressOf(ranges.first(slot)),
            last: lastByteOf(ranges.last(slot)),
            label: 'registered',
          })
      })
      return found
    })
    .slice(0, NEIGHBOURS)
}

/** What would have been right: permitted ranges, or the areas around the one asked for. */
function nearBy(session: FlowSession, rule: RuleId, asked: Range): readonly Range[] {
  const space = spaceOfCall(session)
  if (space === null) return []
  if (rule === 'map.outside-ranges')
    return permittedRanges(session.machine, space).map(({ start, last }) => {
      return { first: start, last, label: 'permitted' }
    })
  const around = (asked.last - asked.first + 1n) * 8n
  const from = asked.first > around ? asked.first - around : 0n
  const span = { first: Number(from >> 12n), last: Number((asked.last + around) >> 12n) }
  return areasMeeting(session.machine, space.uid, span)
    .slice(0, NEIGHBOURS)
    .map(area => ({ first: addressOf(area.first), last: lastByteOf(area.last), label: 'area' }))
}

/** The space that the call named, by the arguments it was made with. */
function spaceOfCall(session: FlowSession): SpaceRecord | null {
  const call = session.explain(session.at).find(event => event.kind === 'call')
  const ioasid = call?.kind === 'call' ? call.args.ioasid : undefined
  if (typeof ioasid !== 'bigint') return null
  return [...session.machine.root.spaces.values()].find(space => BigInt(space.id) === ioasid) ?? null
}

/** Knobs that the rule or its source names, and those that its kind of call hangs on. */
function knobsIn(session: FlowSession, words: string, rule: RuleId): RefusalView['knobs'] {
  const { policy } = session.scenario
  const named = session.dialect.knobs.filter(
    knob => words.includes(`${knob.key}=`) || words.includes(`knob ${knob.key}`),
  )
  const own = session.dialect.knobs.filter(knob => RELATED[rule]?.includes(knob.key) ?? false)
  return [...new Set([...named, ...own])].map(({ key }) => ({ key, value: policy[key] ?? '' }))
}

const RELATED: Readonly<Partial<Record<RuleId, readonly string[]>>> = {
  'map.not-preregistered': ['prereg'],
  'space.unready': ['ready', 'activation'],
  'unmap.not-exact': ['unmap'],
  'unmap.nothing': ['unmap'],
  'group.partial': ['group'],
}

function checksOf(session: FlowSession, call: string, rule: RuleId): RefusalView['checks'] {
  const order = session.dialect.checks?.[call] ?? []
  const broken = order.indexOf(rule)
  if (broken < 0) return []
  return [...new Set(order)].map(id => {
    const at = order.indexOf(id)
    const state = at < broken ? 'passed' : at === broken ? 'broken' : 'not reached'
    return { rule: id, errno: session.dialect.errnos[id] ?? RULES[id].errno, state }
  })
}
