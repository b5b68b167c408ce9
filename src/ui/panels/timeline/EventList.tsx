/** What the machine did in this step, in the order it did it. Only the rows in view are made. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useStore } from 'zustand'
import type { MachineEvent } from '../../../engine'
import { viewStore } from '../../stores/view-store'
import { eventText } from './event-text'

const ROW = 20
const NONE: readonly MachineEvent[] = []
const MARK_CLASS = { '+': 'mark-add', '~': 'mark-mod', '-': 'mark-del', '!': 'mark-err', '': '' }

export function EventList() {
  const events = useStore(viewStore, state => state.shown?.events ?? NONE)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  return (
    <div role="table" aria-label={`Events of step ${step}`} className="events flex min-w-0 flex-1 flex-col">
      <div role="rowgroup">
        <div role="row" className="event-row head">
          <span role="columnheader">#</span>
          <span role="columnheader">
            <span className="sr-only">mark</span>
          </span>
          <span role="columnheader">{events.length === 1 ? '1 event' : `${events.length} events`}</span>
          <span role="columnheader">object</span>
          <span role="columnheader">detail</span>
        </div>
      </div>
      {events.length === 0 ? (
        <p className="px-3 text-ink-2">
          Step 0 is the start: no call yet, so no events. Step forward to make the first.
        </p>
      ) : (
        <Rows events={events} />
      )}
    </div>
  )
}

function Rows({ events }: { readonly events: readonly MachineEvent[] }) {
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 10,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div ref={scroll} className="scroll" tabIndex={0} role="rowgroup" aria-label="Events">
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const event = events[index]
          return event === undefined ? null : <EventRow key={index} event={event} index={index} top={start} />
        })}
      </div>
    </div>
  )
}

interface RowProps {
  readonly event: MachineEvent
  readonly index: number
  readonly top: number
}

function EventRow({ event, index, top }: RowProps) {
  const { mark, object, detail } = eventText(event)
  return (
    <div role="row" className="event-row absolute inset-x-0" style={{ top }} aria-rowindex={index + 2}>
      <span role="cell" className="mono text-ink-3">
        {index + 1}
      </span>
      <span role="cell" className={`mark ${MARK_CLASS[mark]}`}>
        {mark}
      </span>
      <span role="cell">{event.kind}</span>
      <span role="cell" className={`mono ${mark === '!' ? 'text-err' : ''}`} title={object}>
        {object}
      </span>
      <span role="cell" className="mono" title={detail}>
        {detail}
      </span>
    </div>
  )
}
