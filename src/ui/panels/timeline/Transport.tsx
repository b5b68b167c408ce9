/** Where the reader stands, and every way to move: by a step, by itself, to a stop. */
import { FastForward, Pause, Play, Rewind, SkipBack, SkipForward, StepBack, StepForward } from 'lucide-react'
import { useStore } from 'zustand'
import { type ActionId, action, tooltip } from '../../app/actions'
import { useController } from '../../app/context'
import { STEP_LIMIT } from '../../app/controller'
import { count } from '../../format/hex'
import { stepOutcome } from '../../format/step-outcome'
import { dockStore } from '../../stores/dock-store'
import { playStore, SPEEDS } from '../../stores/play-store'
import { runStore } from '../../stores/run-store'
import { viewStore } from '../../stores/view-store'
import { IconButton } from '../../widgets/IconButton'
import { BreakpointList } from './BreakpointList'
import { CostLine } from './CostLine'
import { MoveMenu } from './MoveMenu'
import { NoteButton } from './NoteBar'

const BACK = [
  { id: 'step.first', icon: SkipBack },
  { id: 'step.reverse-continue', icon: Rewind },
  { id: 'step.back', icon: StepBack },
] as const satisfies readonly { id: ActionId; icon: unknown }[]

const FORWARD = [
  { id: 'step.forward', icon: StepForward },
  { id: 'step.continue', icon: FastForward },
  { id: 'step.last', icon: SkipForward },
] as const satisfies readonly { id: ActionId; icon: unknown }[]

export function Transport() {
  const controller = useController()
  const step = useStore(viewStore, state => state.step)
  const last = useStore(runStore, state => state.shown?.steps.length ?? 0)
  const playing = useStore(playStore, state => state.playing)
  const button = ({ id, icon }: (typeof BACK | typeof FORWARD)[number], disabled: boolean) => (
    <IconButton
      key={id}
      icon={icon}
      name={tooltip(id)}
      disabled={disabled}
      onClick={() => action(id).run(controller)}
    />
  )
  return (
    <div className="transport">
      {BACK.map(one => button(one, step === 0))}
      <IconButton
        icon={playing ? Pause : Play}
        name={tooltip('play.toggle').replace('Play or pause', playing ? 'Pause' : 'Play')}
        disabled={last === 0}
        onClick={() => action('play.toggle').run(controller)}
      />
      {FORWARD.map(one => button(one, step >= last))}
      <Speed />
      <BreakpointList />
      <NoteButton />
      <MoveMenu />
      <span className="mono ml-2 text-13">
        <b className="font-semibold">{count(step)}</b> <span className="text-ink-3">/ {count(last)}</span>
      </span>
      <Limit last={last} />
      <StatementText step={step} />
      <Said />
      <span className="flex-1" />
      <CostLine />
    </div>
  )
}

function Speed() {
  const speed = useStore(playStore, state => state.speed)
  return (
    <select
      className="speed mono"
      aria-label="Speed of play"
      title="Speed of play, steps a second"
      value={speed}
      onChange={event =>
        playStore.setState({ speed: SPEEDS.find(one => String(one) === event.target.value) ?? 1 })
      }
    >
      {SPEEDS.map(one => (
        <option key={one} value={one}>
          {one}x
        </option>
      ))}
    </select>
  )
}

/** A run that was cut says so for as long as it is shown. */
function Limit({ last }: { readonly last: number }) {
  const cut = useStore(
    runStore,
    state => state.shown?.diagnostics.some(one => one.code === 'flow.too-long') ?? false,
  )
  if (!cut) return null
  return (
    <span className="ml-2 font-medium text-assume" title="The flow goes on; the page runs no more of it.">
      stopped at {count(last)} of at most {count(STEP_LIMIT)} steps
    </span>
  )
}

/** Why the last move went nowhere. Read aloud, too. */
function Said() {
  const said = useStore(dockStore, state => state.said)
  return (
    <span role="status" className="ml-4 min-w-0 flex-none text-11 text-ink-2">
      {said}
    </span>
  )
}

function StatementText({ step }: { readonly step: number }) {
  const record = useStore(runStore, state => state.shown?.steps[step - 1])
  if (record === undefined) return <span className="ml-4 text-ink-2">start, before the first call</span>
  const text = record.text.replace(/;\s*$/, '')
  const { text: outcome, tone } = stepOutcome(record)
  return (
    <span className="mono ml-4 min-w-0 truncate" title={text}>
      {text} <b className={tone === 'fine' || tone === 'expected' ? '' : 'text-err'}>{outcome}</b>
    </span>
  )
}
