/** How a step came out, in the one word or number that the text, the scrubber and the transport show. */
import type { StepRecord } from '../../engine'

export interface StepOutcome {
  /** Empty where there is nothing to say (a note). */
  readonly text: string
  /** `bad`: refused, or an expect that fails. `expected`: refused, as an expect of the flow wants it. `fault`: the answer of hardware or hypervisor, which may be what was wanted. */
  readonly tone: 'fine' | 'fault' | 'expected' | 'bad'
}

export function stepOutcome(record: StepRecord): StepOutcome {
  const { call, errno, ret, out, expected } = record
  if (errno !== null) return { text: `-${errno}`, tone: expected ? 'expected' : 'bad' }
  if (call === 'note') return { text: '', tone: 'fine' }
  if (call === 'expect') return ret === 0 ? { text: 'holds', tone: 'fine' } : { text: 'fails', tone: 'bad' }
  if (out !== null && 'fault' in out) return { text: 'fault', tone: 'fault' }
  if (typeof out?.hcall === 'string') return { text: out.hcall, tone: ret < 0 ? 'fault' : 'fine' }
  return { text: `= ${ret}${madeCalls(record)}`, tone: 'fine' }
}

/** Calls that a VMM made inside a guest's step: ` +2 calls`, and how many of them were refused. */
function madeCalls({ out }: StepRecord): string {
  if (typeof out?.calls !== 'number' || out.calls === 0) return ''
  const refused = typeof out.refused === 'number' && out.refused > 0 ? `, ${out.refused} refused` : ''
  return ` +${out.calls} ${out.calls === 1 ? 'call' : 'calls'}${refused}`
}

/** Refused unasked, or an expect that fails: hatched in the scrubber, tinted in the text. */
export function isBad(record: StepRecord): boolean {
  return stepOutcome(record).tone === 'bad'
}
