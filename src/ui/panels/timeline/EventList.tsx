/** What the machine did in this step, in the order it did it. Only the rows in view are made. */
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { EventRow as Row } from '../../../engine'
import { useController } from '../../app/context'
import { eventsKey, moreEvents } from '../../app/more-events'
import { touchedBefore } from '../../app/run-to'
import { counted } from '../../format/hex'
import { dockStore } from '../../stores/dock-store'
import { viewStore } from '../../stores/view-store'
import { useVirtualRows, VirtualRows } from '../../widgets/VirtualRows'
import { withWords } from './with-words'

const ROW = 24
const MARK_CLASS = { '+': 'mark-add', '~': 'mark-mod', '-': 'mark-del', '!': 'mark-err', '': '' }
const MARK_WORD = { '+': 'created', '~': 'changed', '-': 'removed', '!': 'refused', '': '' }

export function EventList() {
  const scroll = useRef<HTMLDivElement>(null)
  const count = useStore(viewStore, state => state.shown?.eventCount ?? 0)
  const step = useStore(viewStore, state => state.shown?.step ?? 0)
  const rowAt = useEventRows()
  const rows = useVirtualRows({ count, rowHeight: ROW, scroll })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroll} className="scroll" aria-label="Events" tabIndex={0}>
      <table className="events" aria-label={`Events of step ${step}`} aria-rowcount={count + 1}>
        <thead>
          <tr>
            <th scope="col" className="w-[42px]">
              #
            </th>
            <th scope="col" className="w-[18px]">
              <span className="sr-only">mark</span>
            </th>
            <th scope="col" className="w-[118px]">
              {counted(count, 'event')}
            </th>
            <th scope="col" className="w-[210px] max-[1360px]:w-[190px]">
              object
            </th>
            <th scope="col">detail</th>
          </tr>
        </thead>
        <tbody>
          <VirtualRows
            rows={rows}
            render={index => <EventRow key={index} row={rowAt(index)} index={index} />}
          />
        </tbody>
      </table>
      {count === 0 && (
        <p className="px-3 text-ink-2">
          {step === 0
            ? 'Nothing was called yet. Step forward to make the first call.'
            : 'The machine did nothing in this step.'}
        </p>
      )}
    </section>
  )
}

const NONE: readonly Row[] = []

/** Rows that came with the step, and those asked for since. */
function useEventRows(): (index: number) => Row | undefined {
  const first = useStore(viewStore, state => state.shown?.events ?? NONE)
  const key = useStore(viewStore, state => eventsKey(state.shown?.revision ?? -1, state.shown?.step ?? 0))
  const more = useStore(dockStore, state => state.more)
  return index => first[index] ?? (more.key === key ? more.rows.get(index) : undefined)
}

function EventRow({ row, index }: { readonly row: Row | undefined; readonly index: number }) {
  if (row === undefined) return <Missing index={index} />
  const { sub, mark, kind, object, detail, node } = row
  return (
    <tr aria-rowindex={index + 2}>
      <td className="mono text-ink-3">{index + 1}</td>
      <td className={`text-center font-bold mono ${MARK_CLASS[mark]}`}>
        <span aria-hidden>{mark}</span>
        <span className="sr-only">{MARK_WORD[mark]}</span>
      </td>
      <td className={sub > 0 ? 'event-sub' : ''}>{sub > 0 && kind === 'call' ? `VMM call ${sub}` : kind}</td>
      <td className={`mono ${mark === '!' ? 'text-err' : ''}`} title={object}>
        {node === null ? object : <ObjectButton node={node} object={object} />}
      </td>
      <td className="mono" title={detail}>
        {withWords(detail)}
      </td>
    </tr>
  )
}

/** Once: that object. Again: the step before this one that touched it. */
function ObjectButton({ node, object }: { readonly node: string; readonly object: string }) {
  const controller = useController()
  const chosen = useStore(viewStore, state => state.selection === node)
  return (
    <button
      type="button"
      className={`event-object ${chosen ? 'chosen' : ''}`}
      aria-pressed={chosen}
      title={chosen ? `To the step before that touched it: ${object}` : `Select: ${object}`}
      onClick={() => (chosen ? touchedBefore(controller) : controller.select(node))}
    >
      {object}
    </button>
  )
}

function Missing({ index }: { readonly index: number }) {
  const controller = useController()
  useEffect(() => void moreEvents(controller, index), [controller, index])
  return (
    <tr aria-rowindex={index + 2}>
      <td className="mono text-ink-3">{index + 1}</td>
      <td />
      <td colSpan={3} className="text-ink-3">
        loading
      </td>
    </tr>
  )
}
