/** The step at hand as events, as a sequence chart, as both beside each other, or by what it cost. */
import { lazy, Suspense, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { choosePane, DOCK_PANES, type DockPane, dockStore } from '../../stores/dock-store'
import { Segments } from '../../widgets/Segments'
import { EventList } from './EventList'

const LanesPanel = lazy(() => import('./LanesPanel'))
const CostTable = lazy(() => import('./CostTable'))

const TITLES: Readonly<Record<DockPane, string>> = {
  events: 'Events',
  lanes: 'Lanes',
  both: 'Both',
  cost: 'Cost',
}

export function DockBody() {
  const wide = useWide()
  const chosen = useStore(dockStore, state => state.pane)
  const pane = paneFor(chosen, wide)
  return (
    <div className="dock-body">
      <Segments
        name="Show of the step"
        className="dock-switch"
        options={DOCK_PANES.filter(one => wide || one !== 'both').map(id => ({ id, title: TITLES[id] }))}
        chosen={pane}
        onChoose={choosePane}
      />
      {(pane === 'events' || pane === 'both') && <EventList />}
      <Suspense fallback={null}>
        {(pane === 'lanes' || pane === 'both') && <LanesPanel alone={pane === 'lanes'} />}
        {pane === 'cost' && <CostTable />}
      </Suspense>
    </div>
  )
}

function paneFor(chosen: DockPane | null, wide: boolean): DockPane {
  if (chosen === null) return wide ? 'both' : 'events'
  return chosen === 'both' && !wide ? 'events' : chosen
}

const WIDE = matchMedia('(width >= 1360px)')

/** Room for events and lanes side by side. */
function useWide(): boolean {
  return useSyncExternalStore(
    listen => {
      WIDE.addEventListener('change', listen)
      return () => WIDE.removeEventListener('change', listen)
    },
    () => WIDE.matches,
  )
}
