/** Hands the layout to nodes and edges, which React Flow makes. */
import { createContext, useContext } from 'react'
import type { GraphLayout } from './layout-types'

export const LayoutContext = createContext<GraphLayout | null>(null)

export function useLayout(): GraphLayout {
  const layout = useContext(LayoutContext)
  if (layout === null) throw new Error('No layout above this node')
  return layout
}
