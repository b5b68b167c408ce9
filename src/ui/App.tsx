/** The frame: the bar above, and below it the workbench or the page of a first visit. */
import { type ComponentType, lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { Overlays } from './Overlays'
import { Toast } from './panels/share/Toast'
import { TopBar } from './panels/topbar/TopBar'
import { choiceStore } from './stores/choice-store'
import { frameStore, type Screen } from './stores/frame-store'
import { keysStore } from './stores/keys-store'
import { Workbench } from './Workbench'
import { Boundary } from './widgets/Boundary'

const SCREENS: Readonly<Record<Exclude<Screen, 'workbench'>, ComponentType>> = {
  first: lazy(() => import('./panels/first/FirstVisit')),
  walk: lazy(() => import('./panels/staircase/Staircase')),
  compare: lazy(() => import('./panels/compare/Compare')),
  matrix: lazy(() => import('./panels/matrix/Matrix')),
  became: lazy(() => import('./panels/became/Became')),
}
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
      {screen === 'workbench' ? <Workbench /> : <Instead screen={screen} />}
      <Overlays />
      <Toast />
    </div>
  )
}

function Instead({ screen }: { readonly screen: Exclude<Screen, 'workbench'> }) {
  const Part = SCREENS[screen]
  return (
    <Boundary key={screen} part="This part">
      <Suspense>
        <Part />
      </Suspense>
    </Boundary>
  )
}
