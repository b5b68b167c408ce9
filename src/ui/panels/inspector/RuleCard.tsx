/** A refused step: the errno, the rule it broke, and why, with the values involved. */
import { OctagonAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { StepRecord } from '../../../engine'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'

export function RuleCard({ record }: { readonly record: StepRecord }) {
  const controller = useController()
  const { n, line, errno, rule, message, call, text } = record
  return (
    <>
      <div className="flex flex-none items-center gap-2 px-3 pt-2 pb-2">
        <OctagonAlert size={14} aria-hidden className="text-err" />
        <h2 className="text-15 font-semibold">Step {n} refused</h2>
        <span className="text-ink-2">line {line}, nothing changed</span>
      </div>
      <div className="scroll px-3">
        <article className="rule-card" aria-label={`Rule ${rule}`}>
          <p className="pb-1">
            <code className="font-semibold text-err">-{errno}</code> <code>{rule}</code>
          </p>
          <p className="pb-2">{message}</p>
          <table className="kv">
            <tbody>
              <RuleSource />
              <tr>
                <th scope="row">Call</th>
                <td className="mono">{call}</td>
              </tr>
              <tr>
                <th scope="row">As written</th>
                <td className="mono">{text}</td>
              </tr>
            </tbody>
          </table>
        </article>
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
  proposal: 'proposal: the text says so',
  ruling: 'ruling: the emulator chose, the text is silent',
  limit: 'limit of this emulator',
}

function RuleSource() {
  const rule = useStore(viewStore, state => state.shown?.rule ?? null)
  if (rule === null) return null
  return (
    <>
      <tr>
        <th scope="row">Rule</th>
        <td>{rule.text}</td>
      </tr>
      <tr>
        <th scope="row">From</th>
        <td>{rule.source}</td>
      </tr>
      <tr>
        <th scope="row">Basis</th>
        <td>{BASES[rule.basis] ?? rule.basis}</td>
      </tr>
    </>
  )
}
