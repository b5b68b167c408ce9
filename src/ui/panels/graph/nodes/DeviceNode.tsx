import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { Glyph } from '../../../widgets/Glyph'
import { MarkBadge } from '../../../widgets/Mark'
import { spokenNode, useNode } from '../use-node'

/** A device: its requester id and whom it is bound to. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const { node, selected, select } = useNode(id)
  if (node === undefined) return null
  const bound = node.rows.find(row => row.label === 'bound')
  return (
    <button
      type="button"
      className={`g-device ${selected ? 'selected' : ''}`}
      aria-label={spokenNode(node)}
      aria-pressed={selected}
      onClick={select}
    >
      <span className="g-device-paper">
        <span className="g-head">
          <Glyph kind="device" tint="device" />
          <b>{node.title}</b>
          <MarkBadge mark={node.mark} />
        </span>
        <small>
          {node.subtitle} {bound === undefined || bound.value === 'no' ? 'not bound' : `bound ${bound.value}`}
        </small>
      </span>
    </button>
  )
})
