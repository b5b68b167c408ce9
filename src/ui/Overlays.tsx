/** What is open over the page. Each part is fetched when it is first asked for. */
import { lazy, type ReactNode, Suspense } from 'react'
import { useStore } from 'zustand'
import { frameStore, type Popup } from './stores/frame-store'
import { Boundary } from './widgets/Boundary'

const SharePopover = lazy(() => import('./panels/share/SharePopover'))
const ChoicePopover = lazy(() => import('./panels/choices/ChoicePopover'))
const Palette = lazy(() => import('./panels/palette/Palette'))
const KeysDialog = lazy(() => import('./panels/keys/KeysDialog'))
const HistoryDialog = lazy(() => import('./panels/history/HistoryDialog'))
const ModelledDialog = lazy(() => import('./panels/modelled/ModelledDialog'))

const OVERLAYS: Readonly<Record<Popup, ReactNode>> = {
  palette: <Palette />,
  keys: <KeysDialog />,
  share: <SharePopover />,
  history: <HistoryDialog />,
  modelled: <ModelledDialog />,
  dialect: <ChoicePopover key="dialect" choosing="dialect" />,
  platform: <ChoicePopover key="platform" choosing="platform" />,
  policy: <ChoicePopover key="policy" choosing="policy" />,
}

export function Overlays() {
  const popup = useStore(frameStore, state => state.popup)
  if (popup === null) return null
  return (
    <Boundary key={popup} part="This part">
      <Suspense>{OVERLAYS[popup]}</Suspense>
    </Boundary>
  )
}
