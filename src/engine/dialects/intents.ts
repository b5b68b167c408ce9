/**
 * What a VMM wants, made into the calls of a dialect and carried out. A plan is data: its calls may be given
 * what earlier ones answered (the number of a new space).
 *
 * Not modelled: a VMM that tries something else when it is refused. The first refusal ends a plan, and what its
 * calls did before stays, as it would.
 */
import { assert } from '../bits'
import type { Machine } from '../kernel/machine'
import type { CallOutput, Dialect, Intent, VmmCall, VmmPlan, VmmValue } from './contract'
import { type CallAnswer, dispatch, fileCall } from './dispatch'

/** The calls that an intent comes down to in a dialect, on the machine as it stands. */
export function lowerIntent(machine: Machine, dialect: Dialect, intent: Intent): VmmPlan {
  const lower = dialect.intents[intent.kind] as Lowers | undefined
  return lower?.(machine, intent) ?? { noEquivalent: `${dialect.title} has no call to ${intent.kind}` }
}

type Lowers = (machine: Machine, intent: Intent) => VmmPlan

export interface Carried {
  /** Calls made, the refused one too. */
  readonly calls: number
  /** What the last call answered, a refusal where it was one; null where no call was made. */
  readonly answer: CallAnswer | null
  /** Why the dialect has no calls for it, or null. */
  readonly noEquivalent: string | null
}

/** Makes the calls of an intent, each inside the step under way, up to the first that is refused. */
export function carryOut(machine: Machine, dialect: Dialect, intent: Intent): Carried {
  const plan = lowerIntent(machine, dialect, intent)
  if ('noEquivalent' in plan) return { calls: 0, answer: null, noEquivalent: plan.noEquivalent }
  const answers: CallAnswer[] = []
  for (const call of plan.calls) {
    const answered = makeCall(machine, dialect, call, answers)
    answers.push(answered)
    if (answered.errno !== null) break
  }
  return { calls: answers.length, answer: answers.at(-1) ?? null, noEquivalent: null }
}

/** Makes one call of a plan; `before` are the answers of those before it. */
export function makeCall(
  machine: Machine,
  dialect: Dialect,
  call: VmmCall,
  before: readonly CallAnswer[],
): CallAnswer {
  const fields = new Map(Object.entries(call.fields).map(([name, value]) => [name, settled(value, before)]))
  const bytes = new Map(Object.entries(call.bytes ?? {}))
  const { fd, command, file } = call
  if (file !== undefined) return fileCall(machine, dialect, { name: file, fd: BigInt(fd), fields, bytes })
  return dispatch(machine, dialect, { fd: BigInt(fd), command, fields, bytes, resultName: null })
}

function settled(value: VmmValue, before: readonly CallAnswer[]): bigint {
  return typeof value === 'bigint' ? value : outputOf(value, before)
}

function outputOf({ call, field }: CallOutput, before: readonly CallAnswer[]): bigint {
  const answer = before[call]
  const found = field === null ? answer?.value : answer?.out?.[field]
  assert(typeof found === 'bigint' || typeof found === 'number', 'a plan names what its calls answered')
  return BigInt(found)
}
