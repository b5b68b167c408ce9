/** The frame: the bar above, and below it the workbench or the page of a first visit. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { Overlays } from './Overlays'
import { DifferenceBar } from './panels/choices/DifferenceLine'
import { Toast } from './panels/share/Toast'
import { TopBar } from './panels/topbar/TopBar'
import { frameStore } from './stores/frame-store'
import { keysStore } from './stores/keys-store'
import { Workbench } from './Workbench'

const FirstVisit = lazy(() => import('./panels/first/FirstVisit'))

export function App() {
  const screen = useStore(frameStore, state => state.screen)
  // Tooltips name keys: all of them are drawn again when the reader changes one.
  useStore(keysStore)
  return (
    <div className="flex h-full flex-col">
      <TopBar />
      {screen === 'workbench' && <DifferenceBar />}
      {screen === 'workbench' ? (
        <Workbench />
      ) : (
        <Suspense>
          <FirstVisit />
        </Suspense>
      )}
      <Overlays />
      <Toast />
    </div>
  )
}
