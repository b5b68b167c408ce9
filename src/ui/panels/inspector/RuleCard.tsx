/** A refused step: the errno, the rule it broke, the range it was about, where the rule is from, what was checked. */
import { OctagonAlert } from 'lucide-react'
import type { RefusalView, StepRecord } from '../../../engine'
import { useController } from '../../app/context'
import { address } from '../../format/hex'
import { viewStore } from '../../stores/view-store'
import { RangeDrawing } from './RangeDrawing'
import { useInspect } from './use-inspect'

export function RuleCard({ record }: { readonly record: StepRecord }) {
  const controller = useController()
  const { n, line } = record
  const { answer } = useInspect({ what: 'refusal' } as const)
  const refusal = answer?.view ?? null
  return (
    <>
      <div className="flex flex-none items-center gap-2 border-b border-line-1 px-3 pt-2 pb-2">
        <OctagonAlert size={14} aria-hidden className="text-err" />
        <h2 className="text-15 font-semibold">Step {n} refused</h2>
        <span className="text-ink-2">line {line}, nothing changed</span>
      </div>
      <div className="scroll px-3 py-2">
        <Card record={record} refusal={refusal?.rule === record.rule ? refusal : null} />
        <button
          type="button"
          className="btn bordered mt-3"
          onClick={() => void controller.select(viewStore.getState().shown?.selection ?? null)}
        >
          Show the object
        </button>
      </div>
    </>
  )
}

const BASES: Readonly<Record<string, string>> = {
  proposal: 'the text says so',
  ruling: 'a ruling of this emulator, the text is silent',
  limit: 'a limit of this emulator',
  kernel: 'Linux does so: recorded',
}

interface CardProps {
  readonly record: StepRecord
  readonly refusal: RefusalView | null
}

function Card({ record, refusal }: CardProps) {
  const { errno, rule, message, call, text } = record
  return (
    <article className="rule-card" aria-label={`Rule ${rule}`}>
      <p className="pb-1">
        <code className="mr-1 font-semibold text-err">-{errno}</code> <code>{rule}</code>
      </p>
      <p className="pb-2">{message}</p>
      {refusal?.drawing != null && <RangeDrawing drawing={refusal.drawing} />}
      <table className="kv">
        <tbody>
          {refusal !== null && <Rule refusal={refusal} />}
          <tr>
            <th scope="row">Call</th>
            <td className="mono">{call}</td>
          </tr>
          <tr>
            <th scope="row">As written</th>
            <td className="mono">{text}</td>
          </tr>
          {refusal !== null && <Values refusal={refusal} />}
        </tbody>
      </table>
      {refusal !== null && refusal.checks.length > 0 && <Checks refusal={refusal} />}
    </article>
  )
}

function Rule({ refusal }: { readonly refusal: RefusalView }) {
  const { source, basis, knobs } = refusal
  return (
    <>
      <tr>
        <th scope="row">From</th>
        <td>
          {source}: {BASES[basis] ?? basis}
        </td>
      </tr>
      {knobs.length > 0 && (
        <tr>
          <th scope="row">Knob</th>
          <td className="mono">{knobs.map(({ key, value }) => `${key}=${value}`).join('  ')}</td>
        </tr>
      )}
    </>
  )
}

function Values({ refusal }: { readonly refusal: RefusalView }) {
  if (refusal.values.length === 0) return null
  const told = refusal.values.map(({ name, value }) => {
    return `${name} ${typeof value === 'bigint' && value > 9n ? address(value) : String(value)}`
  })
  return (
    <tr>
      <th scope="row">Values</th>
      <td className="mono">{told.join('  ')}</td>
    </tr>
  )
}

const HEADINGS = [
  ['passed', 'Checked before, and passed'],
  ['not reached', 'Not reached'],
] as const

function Checks({ refusal }: { readonly refusal: RefusalView }) {
  return HEADINGS.map(([state, heading]) => (
    <section key={state} aria-label={heading} className="checks">
      <h3>{heading}</h3>
      {refusal.checks
        .filter(check => check.state === state)
        .map(check => (
          <span key={check.rule} className="check">
            <code>{check.rule}</code> <small>-{check.errno}</small>
          </span>
        ))}
    </section>
  ))
}
