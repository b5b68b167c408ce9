/** A DMA that the hardware refused: code, name and where the walk stopped, with the way there to be walked again. */
import { useStore } from 'zustand'
import type { Plain, StepRecord } from '../../../engine'
import { useController } from '../../app/context'
import { address } from '../../format/hex'
import { ask } from '../../stores/inspect-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'

const STAGES: Readonly<Record<string, string>> = {
  config: 'configuration',
  first: 'first stage',
  second: 'second stage',
}

/** Nothing where the step shown is no DMA that faulted. */
export function FaultCard() {
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const record = useStore(runStore, state => state.shown?.steps[step - 1])
  const fault = record === undefined ? null : faultOf(record)
  if (record === undefined || fault === null) return null
  const { code, name, stage, level, at, access } = fault
  return (
    <article className="rule-card fault-card" aria-label={`Fault ${code}`}>
      <p>
        <b className="text-err">! Fault {code}</b> {name}
      </p>
      <p className="text-ink-2">
        {access} of <code>{address(at)}</code>, stopped at the {STAGES[stage] ?? stage}
        {level === null ? '' : `, level ${level}`}. <WalkIt record={record} at={at} access={access} />
      </p>
    </article>
  )
}

interface WalkItProps {
  readonly record: StepRecord
  readonly at: bigint
  readonly access: string
}

function WalkIt({ record, at, access }: WalkItProps) {
  const controller = useController()
  const [device = ''] = record.label.object.split(' ')
  const walk = () => {
    ask({ device, address: address(at), write: access === 'write' })
    controller.openTab('translate')
  }
  return (
    <button type="button" className="link" onClick={walk}>
      Walk {address(at)} of {device}
    </button>
  )
}

interface Told {
  readonly code: string
  readonly name: string
  readonly stage: string
  readonly level: number | null
  readonly at: bigint
  readonly access: string
}

/** The fault that a built-in hands back in its `fault` field. */
function faultOf({ out }: StepRecord): Told | null {
  const fault = out?.fault
  if (!isRecord(fault)) return null
  const { code, name, stage, level, address: at, access } = fault
  if (typeof code !== 'string' || typeof name !== 'string' || typeof at !== 'bigint') return null
  const place = { stage: String(stage), level: typeof level === 'number' ? level : null }
  return { code, name, ...place, at, access: String(access) }
}

function isRecord(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
