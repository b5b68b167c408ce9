import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { GraphRow } from '../../../../engine'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** A device: its requester id, and whom it is bound to, or what it waits for. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const { compact, nodes } = usePlaces()
  const isFlat = nodes.get(id)?.flat ?? false
  if (node === undefined) return null
  const told = node.rows.find(row => row.label === 'waits') ?? node.rows.find(row => row.label === 'bound')
  const said = (
    <small>
      {told?.label !== 'waits' && node.subtitle}
      {!compact && told !== undefined && <Told row={told} />}
    </small>
  )
  return (
    <NodeButton slice={{ node, ...slice }} className="g-device">
      <span className="g-device-paper">
        <span className="g-head">
          <Glyph kind="device" tint="device" />
          <b>{node.title}</b>
          {node.number !== undefined && <span className="g-number">[{node.number}]</span>}
          {isFlat && said}
          <MarkBadge mark={node.mark} />
        </span>
        {!isFlat && said}
      </span>
    </NodeButton>
  )
})

function Told({ row: { label, value, mark } }: { readonly row: GraphRow }) {
  const change = markName(mark)
  return (
    <span className={`${label === 'bound' ? 'ml-2' : ''} ${change === null ? '' : `row-${change}`}`}>
      {mark !== '' && <Mark mark={mark} />}
      {value === 'no' ? `not ${label}` : `${label} ${value}`}
    </span>
  )
}
