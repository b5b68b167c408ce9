/** The button that every object of the picture is: chosen by a click, reached by the picture's own keys. */
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../../engine'
import { viewStore } from '../../stores/view-store'
import { focusStore, tabStop } from './focus-store'
import { type NodeSlice, spokenNode } from './use-node'

interface Props {
  readonly slice: NodeSlice & { readonly node: GraphNode }
  readonly className: string
  readonly children: ReactNode
}

export function NodeButton({ slice: { node, selected, select }, className, children }: Props) {
  const tabIndex = useTabIndex(node.id)
  return (
    <button
      type="button"
      data-part={node.id}
      tabIndex={tabIndex}
      className={`${className} ${selected ? 'selected' : ''} ${node.mark === '-' ? 'gone' : ''}`}
      aria-label={spokenNode(node)}
      aria-pressed={selected}
      onClick={select}
      onFocus={() => focusStore.setState({ at: node.id })}
    >
      {children}
    </button>
  )
}

/** 0 for the one part of the picture that Tab enters. */
export function useTabIndex(id: string): 0 | -1 {
  const at = useStore(focusStore, state => state.at)
  const isStop = useStore(viewStore, state => tabStop(at, state.nodes, state.edges) === id)
  return isStop ? 0 : -1
}
