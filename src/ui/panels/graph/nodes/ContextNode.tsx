import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { viewStore } from '../../../stores/view-store'
import { Glyph } from '../../../widgets/Glyph'
import { MarkBadge } from '../../../widgets/Mark'
import { NodeButton } from '../NodeButton'
import { useNode } from '../use-node'

/** The open file whose address spaces lie in it. */
export const ContextNode = memo(function ContextNode({ id }: NodeProps) {
  const { node, ...slice } = useNode(id)
  const empty = useStore(viewStore, state => ![...state.nodes.values()].some(other => other.inside === id))
  if (node === undefined) return null
  return (
    <NodeButton slice={{ node, ...slice }} className="g-node g-context">
      <span className="g-context-label">
        <Glyph kind="context" tint="ink-1" />
        <b>{node.title}</b>
        <span className="min-w-0 truncate">{node.subtitle}</span>
        <MarkBadge mark={node.mark} />
      </span>
      {empty && <span className="g-context-empty">no address space</span>}
    </NodeButton>
  )
})
