import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { Glyph } from '../../../widgets/Glyph'
import { Mark, MarkBadge, markName } from '../../../widgets/Mark'
import { usePlaces } from '../drawn'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** A device: its requester id and whom it is bound to. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const { compact } = usePlaces()
  if (node === undefined) return null
  const bound = node.rows.find(row => row.label === 'bound')
  const change = bound === undefined ? null : markName(bound.mark)
  return (
    <NodeButton slice={{ node, ...slice }} className="g-device">
      <span className="g-device-paper">
        <span className="g-head">
          <Glyph kind="device" tint="device" />
          <b>{node.title}</b>
          <MarkBadge mark={node.mark} />
        </span>
        <small>
          {node.subtitle}
          {!compact && bound !== undefined && (
            <span className={`ml-2 ${change === null ? '' : `row-${change}`}`}>
              {bound.mark !== '' && <Mark mark={bound.mark} />}
              {bound.value === 'no' ? 'not bound' : `bound ${bound.value}`}
            </span>
          )}
        </small>
      </span>
    </NodeButton>
  )
})
