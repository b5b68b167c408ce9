/** The frame: the bar above, and below it the workbench or the page of a first visit. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { Overlays } from './Overlays'
import { Toast } from './panels/share/Toast'
import { TopBar } from './panels/topbar/TopBar'
import { choiceStore } from './stores/choice-store'
import { frameStore } from './stores/frame-store'
import { keysStore } from './stores/keys-store'
import { Workbench } from './Workbench'

const FirstVisit = lazy(() => import('./panels/first/FirstVisit'))
const DifferenceBar = lazy(() =>
  import('./panels/choices/DifferenceLine').then(module => ({ default: module.DifferenceBar })),
)

export function App() {
  const screen = useStore(frameStore, state => state.screen)
  const hasChosen = useStore(choiceStore, state => state.made !== null)
  // Tooltips name keys: all of them are drawn again when the reader changes one.
  useStore(keysStore)
  return (
    <div className="flex h-full flex-col">
      <TopBar />
      {screen === 'workbench' && hasChosen && (
        <Suspense>
          <DifferenceBar />
        </Suspense>
      )}
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
