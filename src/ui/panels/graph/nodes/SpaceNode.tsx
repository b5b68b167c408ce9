import type { NodeProps } from '@xyflow/react'
import { type MouseEvent, memo } from 'react'
import type { GraphRow } from '../../../../engine'
import { useController } from '../../../app/context'
import { Glyph, spaceTint } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** Width of spine, mark, name and padding; the rest of a row is its value, in a monospaced face. */
const BESIDE_VALUE = 66
const CHARACTER = 6.6
const MAX_ROWS = 4

/** An address space: what it is, where its tables are, what this step did to it. */
export const SpaceNode = memo(function SpaceNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const { nodes, compact } = usePlaces()
  const controller = useController()
  const box = nodes.get(id)
  if (node === undefined || box === undefined) return null
  const rowWidth = box.flat ? box.width / 2 : box.width
  const room = Math.floor((rowWidth - BESIDE_VALUE) / CHARACTER)
  const subtitle = (
    <span className={`g-sub block ${node.subtitleBefore === undefined ? '' : 'row-mod'}`}>
      {node.subtitle}
    </span>
  )
  // A row opens what it is about; the click goes on to the node, which is chosen with it.
  const openRow = (event: MouseEvent) => {
    const label = event.target instanceof Element ? event.target.closest('[data-row]') : null
    if (label !== null) controller.openTab(label.getAttribute('data-row') === 'area' ? 'areas' : 'table')
  }
  return (
    <NodeButton
      slice={{ node, ...slice }}
      className={`g-node spine spine-${node.variant} ${box.flat ? 'flat' : ''}`}
    >
      <span className="g-head">
        <Glyph kind={node.variant} tint={spaceTint(node.variant)} />
        <b>{node.title}</b>
        {node.number !== undefined && <span className="g-number">[{node.number}]</span>}
        {box.flat && subtitle}
        <MarkBadge mark={node.mark} />
      </span>
      {!box.flat && subtitle}
      {!compact && (
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the inspector's tabs do the same by keyboard
        <span className="g-rows" onClick={openRow}>
          {node.rows.slice(0, MAX_ROWS).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order and may share a label
            <NodeRow key={i} row={row} room={room} />
          ))}
        </span>
      )}
    </NodeButton>
  )
})

interface RowProps {
  readonly row: GraphRow
  /** Characters that fit beside the row's name. */
  readonly room: number
}

function NodeRow({ row, room }: RowProps) {
  const change = markName(row.mark)
  const both = row.before === null ? row.value : `${row.before} -> ${row.value}`
  return (
    <span className={`g-row ${change === null ? '' : `row-${change}`}`} data-row={row.label}>
      <Mark mark={row.mark} />
      <span className="k">{row.label}</span>
      <span className={row.value.length > room ? 'v long' : 'v'} title={both}>
        {both.length <= room ? both : row.value}
      </span>
    </span>
  )
}
