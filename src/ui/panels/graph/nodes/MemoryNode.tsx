import type { NodeProps } from '@xyflow/react'
import { memo, useMemo } from 'react'
import { useStore } from 'zustand'
import type { GraphRow, StateView } from '../../../../engine'
import { address } from '../../../format/hex'
import { viewStore } from '../../../stores/view-store'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { type ByteRange, type Piece, piecesOf, place } from '../memory-scale'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

const NO_MEMORY: readonly ByteRange[] = []
const BARS_AT_MOST = 64
/** Heights of what stands above the lanes, and of one lane. */
const ABOVE_LANES = 42
const LANE = 18

/** The process's memory: what is registered of it and what each address space maps of it, on one ruler. */
export const MemoryNode = memo(function MemoryNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const box = usePlaces().nodes.get(id)
  const memory = useStore(viewStore, state => state.drawn?.outline.memory ?? NO_MEMORY)
  const pieces = useMemo(() => piecesOf(memory), [memory])
  if (node === undefined || box === undefined) return null
  const room = Math.floor((box.height - ABOVE_LANES) / LANE)
  const shown = node.rows.length <= room ? node.rows : node.rows.slice(0, Math.max(0, room - 1))
  const hidden = node.rows.slice(shown.length)
  return (
    <NodeButton slice={{ node, ...slice }} className="g-node g-memory">
      <span className="g-head">
        <Glyph kind="memory" tint="memory" />
        <b>{node.title}</b>
        <span className={`min-w-0 truncate text-ink-2 ${node.subtitleBefore === undefined ? '' : 'row-mod'}`}>
          {node.subtitle}
        </span>
        <MarkBadge mark={node.mark} />
      </span>
      {room > 0 && node.rows.length > 0 && (
        <span className="g-lanes block">
          <Ruler pieces={pieces} />
          {shown.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lanes keep their order and may share a label
            <Lane key={i} row={row} nth={earlier(node.rows, i)} pieces={pieces} />
          ))}
          {hidden.length > 0 && <More rows={hidden} />}
        </span>
      )}
    </NodeButton>
  )
})

function More({ rows }: { readonly rows: readonly GraphRow[] }) {
  const mark = rows.some(row => row.mark !== '') ? '~' : ''
  return (
    <span className={`g-lane ${mark === '' ? '' : 'row-mod'}`}>
      <Mark mark={mark} />
      <span className="name">{rows.length} more</span>
    </span>
  )
}

function earlier(rows: readonly GraphRow[], index: number): number {
  return rows.slice(0, index).filter(row => row.label === rows[index]?.label).length
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`
}

function Ruler({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <span className="g-ruler">
      <span />
      <span />
      <span className="track">
        {pieces.map(({ start, last, left, right }, i) => (
          <span
            key={start.toString()}
            style={{ left: percent(left), right: percent(1 - right) }}
            className="flex justify-between"
          >
            <i className="not-italic">{i > 0 ? `/ ${address(start)}` : address(start)}</i>
            {(right - left > 0.5 || pieces.length === 1) && <i className="not-italic">{address(last)}</i>}
          </span>
        ))}
      </span>
    </span>
  )
}

interface LaneProps {
  readonly row: GraphRow
  /** How many lanes of the same name stand above. */
  readonly nth: number
  readonly pieces: readonly Piece[]
}

function Lane({ row, nth, pieces }: LaneProps) {
  const state = useStore(viewStore, view => view.shown?.state)
  const bars =
    state === undefined ? [] : rangesOf(row.label, nth, state).flatMap(range => place(pieces, range) ?? [])
  const right = Math.max(0, ...bars.map(bar => bar.left + bar.width))
  const wide = bars.length === 1 && (bars[0]?.width ?? 0) > 0.6
  const fresh = row.mark === '+' ? 'new' : ''
  const change = markName(row.mark)
  return (
    <span
      className={`g-lane ${row.label.startsWith('prereg') ? 'prereg' : ''} ${fresh} ${change === null ? '' : `row-${change}`}`}
    >
      <Mark mark={row.mark} />
      <span className="name" title={row.label}>
        {row.label}
      </span>
      <span className="track">
        {bars.slice(0, BARS_AT_MOST).map(({ left, width }) => (
          <span
            key={left}
            className={`bar ${width < 0.02 ? 'thin' : ''}`}
            style={{ left: percent(left), width: percent(width) }}
          />
        ))}
        <span className={`text ${wide ? 'inside' : ''}`} style={wide ? {} : besides(right)} title={row.value}>
          {row.value}
        </span>
      </span>
    </span>
  )
}

/** Right of the bars where there is room, else at the left end. */
function besides(right: number): { left: string } | { right: string } {
  return right < 0.55 ? { left: `calc(${percent(right)} + 6px)` } : { right: '0' }
}

function rangesOf(label: string, nth: number, state: StateView): ByteRange[] {
  const space = state.addressSpaces.filter(candidate => candidate.name === label)[nth]
  if (space !== undefined) {
    return space.areas.map(a => ({ start: a.target, last: a.target + (a.last - a.iova) }))
  }
  const registered = state.accounting.prereg[nth]
  return registered === undefined
    ? []
    : [{ start: registered.vaddr, last: registered.vaddr + registered.size - 1n }]
}
