import { SkipBack, SkipForward, StepBack, StepForward } from 'lucide-react'
import { useStore } from 'zustand'
import { type ActionId, action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { stepOutcome } from '../../format/step-outcome'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { CostLine } from './CostLine'

const BUTTONS = [
  { id: 'step.first', icon: SkipBack, needs: 'before' },
  { id: 'step.back', icon: StepBack, needs: 'before' },
  { id: 'step.forward', icon: StepForward, needs: 'after' },
  { id: 'step.last', icon: SkipForward, needs: 'after' },
] as const satisfies readonly { id: ActionId; icon: unknown; needs: 'before' | 'after' }[]

export function Transport() {
  const controller = useController()
  const step = useStore(viewStore, state => state.step)
  const last = useStore(runStore, state => state.shown?.steps.length ?? 0)
  const can = { before: step > 0, after: step < last }
  return (
    <div className="transport">
      {BUTTONS.map(({ id, icon, needs }) => (
        <IconButton
          key={id}
          icon={icon}
          name={tooltip(id)}
          disabled={!can[needs]}
          onClick={() => action(id).run(controller)}
        />
      ))}
      <span className="mono ml-3 text-13">
        <b className="font-semibold">{step}</b> <span className="text-ink-3">/ {last}</span>
      </span>
      <StatementText step={step} />
      <span className="flex-1" />
      <CostLine />
    </div>
  )
}

function StatementText({ step }: { readonly step: number }) {
  const record = useStore(runStore, state => state.shown?.steps[step - 1])
  if (record === undefined) return <span className="ml-5 text-ink-2">start, before the first call</span>
  const text = record.text.replace(/;\s*$/, '')
  const { text: outcome, tone } = stepOutcome(record)
  return (
    <span className="mono ml-5 min-w-0 truncate" title={text}>
      {text} <b className={tone === 'fine' ? '' : 'text-err'}>{outcome}</b>
    </span>
  )
}
