/** The step as a sequence of its actors; the same rows as a list for those who do not see the drawing. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { LaneActor, LaneRow } from '../../../engine'
import { dockStore } from '../../stores/dock-store'
import { WITHOUT_LAYOUT } from '../../widgets/VirtualRows'
import { LaneDrawing } from './LaneDrawing'
import { laneX, ROW_HEIGHT } from './lane-geometry'
import { MOST_STEPS, useLanes } from './use-lanes'

export default function LanesPanel({ alone }: { readonly alone: boolean }) {
  const chart = useStore(dockStore, state => state.chart)
  const { first, step, lanes } = useLanes(chart)
  const scroll = useRef<HTMLDivElement>(null)
  const width = useWidth(scroll)
  const rows = useVirtualizer<HTMLDivElement, Element>({
    count: lanes.rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    ...WITHOUT_LAYOUT,
  })
  const end = chart === 'flow' ? lanes.rows.length * ROW_HEIGHT : 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step's chart starts at its own place
  useEffect(() => {
    const stands = rows.scrollOffset ?? 0
    if (scroll.current !== null && stands !== end) scroll.current.scrollTop = end
  }, [end, step])
  const seen = rows.getVirtualItems()
  const from = seen[0]?.index ?? 0
  const shown = lanes.rows.slice(from, (seen.at(-1)?.index ?? -1) + 1)
  return (
    <div className={`sequence ${alone ? 'alone' : ''}`}>
      <ChartSwitch chart={chart} first={first} />
      <section
        ref={scroll}
        className="scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Sequence up to step ${step}`}
      >
        <Heads actors={lanes.actors} width={width} />
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          <LaneDrawing
            actors={lanes.actors}
            rows={shown}
            from={from}
            total={lanes.rows.length}
            width={width}
          />
          <RowList rows={shown} actors={lanes.actors} />
        </div>
        {lanes.rows.length === 0 && <p className="px-3 text-ink-2">No actor did anything in this step.</p>}
      </section>
    </div>
  )
}

function ChartSwitch({ chart, first }: { readonly chart: 'step' | 'flow'; readonly first: number }) {
  return (
    <div className="flex h-[28px] flex-none items-center gap-2 px-3 text-11 text-ink-2">
      <h2 className="font-medium">Lanes</h2>
      <button
        type="button"
        className={`btn small ${chart === 'flow' ? 'on' : ''}`}
        aria-pressed={chart === 'flow'}
        onClick={() => dockStore.setState({ chart: chart === 'flow' ? 'step' : 'flow' })}
      >
        flow up to here
      </button>
      {chart === 'flow' && first > 1 && <span>last {MOST_STEPS} steps</span>}
    </div>
  )
}

interface ActorsProps {
  readonly actors: readonly LaneActor[]
  readonly width: number
}

function Heads({ actors, width }: ActorsProps) {
  return (
    <div className="lane-heads" aria-hidden>
      {actors.map((actor, i) => (
        <span key={actor.id} style={{ left: laneX(i, actors.length, width) }}>
          {actor.name}
        </span>
      ))}
    </div>
  )
}

function RowList({
  rows,
  actors,
}: {
  readonly rows: readonly LaneRow[]
  readonly actors: readonly LaneActor[]
}) {
  const name = (id: LaneRow['from']) => actors.find(actor => actor.id === id)?.name ?? id
  return (
    <ol className="sr-only">
      {rows.map(row => (
        <li key={`${row.step} ${row.first}`}>
          {row.from === row.to ? name(row.from) : `${name(row.from)} to ${name(row.to)}`}: {row.text}
        </li>
      ))}
    </ol>
  )
}

function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(480)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const watch = new ResizeObserver(() => setWidth(element.clientWidth))
    watch.observe(element)
    return () => watch.disconnect()
  }, [frame])
  return width
}
