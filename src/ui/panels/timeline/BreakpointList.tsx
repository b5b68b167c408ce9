/** The reader's breakpoints: each can be switched off, or removed; others are added by what they stop at. */
import { CircleDot, X } from 'lucide-react'
import { useStore } from 'zustand'
import { tooltip } from '../../app/actions'
import { breakpointText, removeBreakpoint, switchBreakpoint } from '../../app/breakpoints'
import { BREAKPOINT_LIST } from '../../app/step-actions'
import { dockStore } from '../../stores/dock-store'
import { type UserBreakpoint, viewStore } from '../../stores/view-store'
import { AddBreakpoint } from './AddBreakpoint'

export function BreakpointList() {
  const points = useStore(viewStore, state => state.breakpoints)
  const on = points.filter(point => point.on).length
  return (
    <>
      <button
        type="button"
        className="btn breakpoint-button"
        aria-label={`${tooltip('breakpoint.list')}, ${on} on`}
        title={tooltip('breakpoint.list')}
        popoverTarget={BREAKPOINT_LIST}
      >
        <CircleDot size={14} aria-hidden />
        {on > 0 && <span className="mono text-11">{on}</span>}
      </button>
      <div
        id={BREAKPOINT_LIST}
        popover="auto"
        role="dialog"
        aria-label="Breakpoints"
        className="popup dock-popup breakpoint-popup"
      >
        <Stops empty={points.length === 0} />
        <ul>
          {points.map(point => (
            <Row key={`${point.kind} ${point.value}`} point={point} />
          ))}
        </ul>
        <AddBreakpoint />
      </div>
    </>
  )
}

function Stops({ empty }: { readonly empty: boolean }) {
  const stops = useStore(dockStore, state => state.stops.size)
  return (
    <p className="px-2 pt-1 pb-2 text-11 text-ink-2">
      {empty
        ? 'No breakpoint is set. Click left of a line number, or add one here.'
        : `Stops at ${stops} ${stops === 1 ? 'step' : 'steps'} of this run, forward and back.`}
    </p>
  )
}

function Row({ point }: { readonly point: UserBreakpoint }) {
  const text = breakpointText(point)
  return (
    <li className="flex items-center gap-2 px-2">
      <label className="flex h-[26px] min-w-0 flex-1 items-center gap-2">
        <input
          type="checkbox"
          checked={point.on}
          onChange={event => switchBreakpoint(point, event.target.checked)}
        />
        <span className="mono truncate">{text}</span>
      </label>
      <button
        type="button"
        className="btn icon"
        aria-label={`Remove ${text}`}
        title={`Remove ${text}`}
        onClick={() => removeBreakpoint(point)}
      >
        <X size={14} aria-hidden />
      </button>
    </li>
  )
}
