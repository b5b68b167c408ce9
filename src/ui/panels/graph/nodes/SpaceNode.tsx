import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { GraphRow } from '../../../../engine'
import { Glyph, spaceTint } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { useLayout } from '../layout-context'
import { MAX_ROWS } from '../layout-types'
import { spokenNode, useNode } from '../use-node'

/** Width of spine, mark, name and padding; the rest of a row is its value, in a monospaced face. */
const BESIDE_VALUE = 78
const CHARACTER = 6.6

/** An address space: what it is, where its tables are, what this step did to it. */
export const SpaceNode = memo(function SpaceNode({ id }: NodeProps) {
  const { node, selected, select } = useNode(id)
  const box = useLayout().nodes.get(id)
  if (node === undefined || box === undefined) return null
  const room = Math.floor((box.width - BESIDE_VALUE) / CHARACTER)
  return (
    <button
      type="button"
      className={`g-node spine spine-${node.variant} ${selected ? 'selected' : ''}`}
      aria-label={spokenNode(node)}
      aria-pressed={selected}
      onClick={select}
    >
      <span className="g-head">
        <Glyph kind={node.variant} tint={spaceTint(node.variant)} />
        <b>{node.title}</b>
        <MarkBadge mark={node.mark} />
      </span>
      <span className="g-sub block">{node.subtitle}</span>
      <span className="block pt-[3px]">
        {node.rows.slice(0, MAX_ROWS).map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order and may share a label
          <NodeRow key={i} row={row} room={room} />
        ))}
      </span>
    </button>
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
    <span className={`g-row ${change === null ? '' : `row-${change}`}`}>
      <Mark mark={row.mark} />
      <span className="k">{row.label}</span>
      <span className="v" title={both}>
        {both.length <= room ? both : row.value}
      </span>
    </span>
  )
}
