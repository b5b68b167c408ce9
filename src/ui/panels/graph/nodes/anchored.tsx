import { Handle, type NodeProps, Position } from '@xyflow/react'
import { type ComponentType, memo } from 'react'

/**
 * A node with the two handles React Flow wants before it draws an edge. They are there also while the
 * object does not exist, and never seen: the routes come from the layout.
 */
export function anchored(Body: ComponentType<NodeProps>): ComponentType<NodeProps> {
  return memo(function Anchored(props: NodeProps) {
    return (
      <>
        <Handle type="source" position={Position.Top} isConnectable={false} className="g-anchor" />
        <Handle type="target" position={Position.Bottom} isConnectable={false} className="g-anchor" />
        <Body {...props} />
      </>
    )
  })
}
