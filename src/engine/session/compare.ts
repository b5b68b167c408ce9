/**
 * One flow under several choices, as data: what each run cost, and the first step at which it parts from the first.
 *
 * Runs are lined up by step number, since all execute the same statements until one of them goes another way. Costs
 * are counts of a model, never times.
 */
import type { ViommuWay } from '../kernel/state'
import type { CostName } from '../trace/costs'
import type { Plain, Session, StepRecord } from './contract'
import { createSession } from './session'

/** What a run is given in place of what the flow says; what is left out stays as the flow says. */
export interface Variant {
  readonly label: string
  readonly dialect?: string
  readonly platform?: string
  readonly policy?: Readonly<Record<string, string>>
  readonly viommu?: ViommuWay
  /** The same flow in other words, for a dialect that does not read it as it is written. */
  readonly text?: string
}

/** The rows of a comparison, in order. Pages are of 4 KiB. */
export const COMPARED = [
  { key: 'calls', title: 'calls' },
  { key: 'hotCalls', title: 'hot-path calls' },
  { key: 'entriesWritten', title: 'table entries written' },
  { key: 'tableBytes', title: 'table bytes, most at once' },
  { key: 'pinned', title: 'pages newly pinned' },
  { key: 'pinnedPages', title: 'pages pinned, most at once' },
  { key: 'charged', title: 'pages charged' },
  { key: 'accountedPages', title: 'pages charged, most at once' },
  { key: 'flushAll', title: 'flushes of everything' },
  { key: 'flushDomain', title: 'flushes of a space' },
  { key: 'flushRange', title: 'flushes of a range' },
  { key: 'dmas', title: 'DMAs that went through' },
  { key: 'faults', title: 'DMAs that faulted' },
  { key: 'cold', title: 'references per DMA, cold' },
  { key: 'warm', title: 'references per DMA, warm' },
] as const

export type ComparedKey = (typeof COMPARED)[number]['key']

export interface ComparedRun {
  readonly label: string
  readonly scenario: Session['scenario']
  readonly steps: number
  readonly ok: boolean
  /** Mistakes in the text under this choice, and `expect`s that do not hold. */
  readonly problems: readonly ComparedProblem[]
  /** References per DMA are means over the DMAs that went through, null where none did. */
  readonly costs: Readonly<Record<ComparedKey, number | null>>
  /** Against the first run; null for that one and where nothing differs. */
  readonly parts: Parting | null
}

export interface ComparedProblem {
  readonly kind: 'text' | 'expect'
  readonly line: number
  readonly message: string
}

/** Where two runs part. */
export interface Parting {
  /** Step of this run; its last where it is the shorter one. */
  readonly n: number
  readonly line: number
  readonly text: string
  /** What differs: the statement that runs, its answer, or (with equal answers) what it cost. */
  readonly by: 'statement' | 'answer' | 'cost'
  readonly first: string
  readonly here: string
}

export interface Comparison {
  readonly runs: readonly ComparedRun[]
}

/** Runs a flow once for each choice and compares. */
export function compareRuns(text: string, variants: readonly Variant[]): Comparison {
  return compareSessions(
    variants,
    variants.map(({ label: _, text: own = text, ...options }) => createSession(own, options)),
  )
}

/** The same of runs that were made elsewhere, one for each choice and in their order. */
export function compareSessions(variants: readonly Variant[], sessions: readonly Session[]): Comparison {
  const [base] = sessions
  const runs = sessions.map((session, at) => ({
    label: variants[at]?.label ?? '',
    scenario: session.scenario,
    steps: session.steps.length,
    ok: session.ok,
    problems: problemsOf(session),
    costs: costsOf(session),
    parts: base === undefined || session === base ? null : partingOf(base, session),
  }))
  return { runs }
}

function problemsOf(session: Session): readonly ComparedProblem[] {
  const errors = session.diagnostics.filter(one => one.severity === 'error')
  const failed = session.steps.filter(step => step.call === 'expect' && step.ret !== 0)
  return [
    ...errors.map(({ span, message }) => ({ kind: 'text', line: span.line, message }) as const),
    ...failed.map(({ line, message, text }) => ({ kind: 'expect', line, message: message ?? text }) as const),
  ]
}

const DMA_CALLS: readonly string[] = ['dma_read', 'dma_write', 'enqcmd']

function costsOf(session: Session): ComparedRun['costs'] {
  const rows = session.steps.map(step => session.cost(step.n))
  const total = (name: CostName): number => rows.reduce((sum, row) => sum + row[name], 0)
  const most = (name: CostName): number => rows.reduce((top, row) => Math.max(top, row[name]), 0)
  const dmas = session.steps.filter(step => DMA_CALLS.includes(step.call) && step.errno === null)
  const through = dmas.filter(step => step.ret >= 0)
  const mean = (name: CostName): number | null =>
    through.length === 0
      ? null
      : through.reduce((sum, step) => sum + session.cost(step.n)[name], 0) / through.length
  return {
    calls: total('calls'),
    hotCalls: total('hotCalls'),
    entriesWritten: total('entriesWritten'),
    tableBytes: most('tableBytes'),
    pinned: total('pinsNew'),
    pinnedPages: most('pinnedPages'),
    charged: rows.reduce((sum, row) => sum + Math.max(0, row.accountedDelta), 0),
    accountedPages: most('accountedPages'),
    flushAll: total('flushAll'),
    flushDomain: total('flushDomain'),
    flushRange: total('flushRange'),
    dmas: through.length,
    faults: dmas.length - through.length,
    cold: mean('dmaReferencesCold'),
    warm: mean('dmaReferencesWarm'),
  }
}

function partingOf(base: Session, session: Session): Parting | null {
  const steps = Math.max(base.steps.length, session.steps.length)
  for (let at = 0; at < steps; at++) {
    const [was, is] = [base.steps[at], session.steps[at]]
    if (was === undefined || is === undefined) return ended(was, is, session.steps.at(-1))
    const found = difference(was, is) ?? costDifference(base, session, is.n)
    if (found !== null) return { n: is.n, line: is.line, text: is.text, ...found }
  }
  return null
}

/** One run is over where the other goes on. */
function ended(
  was: StepRecord | undefined,
  is: StepRecord | undefined,
  last: StepRecord | undefined,
): Parting {
  const at = is ?? last ?? was
  const over = 'nothing: the run is over'
  return {
    n: is?.n ?? last?.n ?? 0,
    line: at?.line ?? 0,
    text: at?.text ?? '',
    by: 'statement',
    first: was?.text ?? over,
    here: is?.text ?? over,
  }
}

type Found = Pick<Parting, 'by' | 'first' | 'here'>

function difference(was: StepRecord, is: StepRecord): Found | null {
  if (was.text !== is.text) return { by: 'statement', first: was.text, here: is.text }
  const [first, here] = [answerOf(was), answerOf(is)]
  return first === here ? null : { by: 'answer', first, here }
}

/** `0`, `-EBUSY attach.rid-taken`, `0 { size: 0x1000 }`. */
export function answerOf({ ret, errno, rule, out }: StepRecord): string {
  const result = errno === null ? String(ret) : `-${errno} ${rule ?? ''}`.trimEnd()
  return out === null ? result : `${result} ${shown(out)}`
}

function shown(value: Plain): string {
  if (typeof value === 'bigint') return `0x${BigInt.asUintN(64, value).toString(16)}`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${shown(part)}`)
    .join(', ')} }`
}

/** The first counter that a step moved differently. Levels are left out: they say what came before. */
function costDifference(base: Session, session: Session, n: number): Found | null {
  const [was, is] = [base.cost(n), session.cost(n)]
  const name = MOVED.find(one => was[one] !== is[one])
  if (name === undefined) return null
  return { by: 'cost', first: `${name} ${was[name]}`, here: `${name} ${is[name]}` }
}

const MOVED: readonly CostName[] = [
  'calls',
  'entriesWritten',
  'configWords',
  'pinsNew',
  'accountedDelta',
  'flushAll',
  'flushDomain',
  'flushRange',
  'dmaReferencesCold',
  'dmaReferencesWarm',
]
