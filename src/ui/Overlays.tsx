/** What is open over the page. Each part is fetched when it is first asked for. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { frameStore } from './stores/frame-store'

const ChoicePopover = lazy(() => import('./panels/choices/ChoicePopover'))

const HistoryDialog = lazy(() => import('./panels/history/HistoryDialog'))

export function Overlays() {
  const popup = useStore(frameStore, state => state.popup)
  if (popup === null) return null
  return (
    <Suspense>
      {popup === 'history' && <HistoryDialog />}
      {(popup === 'dialect' || popup === 'platform' || popup === 'policy') && (
        <ChoicePopover key={popup} choosing={popup} />
      )}
    </Suspense>
  )
}
