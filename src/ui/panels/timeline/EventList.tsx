/** What the machine did in this step, in the order it did it. Only the rows in view are made. */
import { useRef } from 'react'
import { useStore } from 'zustand'
import type { MachineEvent } from '../../../engine'
import { viewStore } from '../../stores/view-store'
import { useVirtualRows, VirtualRows } from '../../widgets/VirtualRows'
import { eventText } from './event-text'

const ROW = 20
const NONE: readonly MachineEvent[] = []
const MARK_CLASS = { '+': 'mark-add', '~': 'mark-mod', '-': 'mark-del', '!': 'mark-err', '': '' }

export function EventList() {
  const scroll = useRef<HTMLDivElement>(null)
  const events = useStore(viewStore, state => state.shown?.events ?? NONE)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const rows = useVirtualRows({ count: events.length, rowHeight: ROW, scroll })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroll} className="scroll" aria-label="Events" tabIndex={0}>
      <table className="events" aria-label={`Events of step ${step}`} aria-rowcount={events.length + 1}>
        <thead>
          <tr>
            <th scope="col" className="w-[42px]">
              #
            </th>
            <th scope="col" className="w-[18px]">
              <span className="sr-only">mark</span>
            </th>
            <th scope="col" className="w-[124px]">
              {events.length === 1 ? '1 event' : `${events.length} events`}
            </th>
            <th scope="col" className="w-[200px]">
              object
            </th>
            <th scope="col">detail</th>
          </tr>
        </thead>
        <tbody>
          <VirtualRows
            rows={rows}
            render={index => {
              const event = events[index]
              return event === undefined ? null : <EventRow key={index} event={event} index={index} />
            }}
          />
        </tbody>
      </table>
      {events.length === 0 && (
        <p className="px-3 text-ink-2">
          {step === 0
            ? 'Nothing was called yet. Step forward to make the first call.'
            : 'The machine did nothing in this step.'}
        </p>
      )}
    </section>
  )
}

function EventRow({ event, index }: { readonly event: MachineEvent; readonly index: number }) {
  const { mark, object, detail } = eventText(event)
  return (
    <tr aria-rowindex={index + 2}>
      <td className="mono text-ink-3">{index + 1}</td>
      <td className={`text-center font-bold mono ${MARK_CLASS[mark]}`}>{mark}</td>
      <td>{event.kind}</td>
      <td className={`mono ${mark === '!' ? 'text-err' : ''}`} title={object}>
        {object}
      </td>
      <td className="mono" title={detail}>
        {detail}
      </td>
    </tr>
  )
}
