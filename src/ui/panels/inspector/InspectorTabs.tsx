/** The ways to look at one object. A tab shows a mark when the step changed its content. */
import { type ComponentType, type KeyboardEvent, useId } from 'react'
import { useStore } from 'zustand'
import type { InspectorView, Mark } from '../../../engine'
import { useController } from '../../app/context'
import { type InspectorTab, viewStore } from '../../stores/view-store'
import { Mark as MarkSign } from '../../widgets/Mark'
import { AccountingTab } from './AccountingTab'
import { AreasTab } from './AreasTab'
import { CachesTab } from './CachesTab'
import { ChangesBar } from './ChangesBar'
import { ObjectTab } from './ObjectTab'
import { TableTab } from './TableTab'
import { TranslateTab } from './TranslateTab'

interface TabWords {
  readonly id: InspectorTab
  readonly title: string
  readonly body: ComponentType<{ readonly view: InspectorView }>
  readonly mark: (view: InspectorView) => Mark
}

function firstMark(rows: readonly { readonly mark: Mark }[]): Mark {
  return rows.find(row => row.mark !== '')?.mark ?? ''
}

const TABS: readonly TabWords[] = [
  { id: 'object', title: 'Object', body: ObjectTab, mark: view => firstMark(view.fields) },
  { id: 'areas', title: 'Areas', body: AreasTab, mark: view => view.areas.mark },
  { id: 'table', title: 'Page table', body: TableTab, mark: view => view.marks.table },
  { id: 'translate', title: 'Translate', body: TranslateTab, mark: () => '' },
  { id: 'caches', title: 'Caches', body: CachesTab, mark: view => view.marks.caches },
  { id: 'accounting', title: 'Accounting', body: AccountingTab, mark: view => view.marks.accounting },
]

export function InspectorTabs() {
  const controller = useController()
  const view = useStore(viewStore, state => state.shown?.inspector ?? null)
  const chosen = useStore(viewStore, state => state.tab)
  const panelId = useId()
  if (view === null) return null
  const open = chosen ?? (view.tables.length > 0 ? 'table' : 'object')
  const Body = TABS.find(tab => tab.id === open)?.body ?? ObjectTab
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const at = TABS.findIndex(tab => tab.id === open)
    const next = TABS[(at + by + TABS.length) % TABS.length]
    if (next === undefined) return
    controller.openTab(next.id)
    document.getElementById(`${panelId}-${next.id}`)?.focus()
  }
  return (
    <>
      <div role="tablist" aria-label="Views of the object" className="tabs" onKeyDown={onKeyDown}>
        {TABS.map(tab => (
          <button
            key={tab.id}
            id={`${panelId}-${tab.id}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab.id === open}
            aria-controls={panelId}
            tabIndex={tab.id === open ? 0 : -1}
            onClick={() => controller.openTab(tab.id)}
          >
            {tab.title}
            {tab.mark(view) !== '' && <MarkSign mark={tab.mark(view)} />}
          </button>
        ))}
      </div>
      <div
        id={panelId}
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-labelledby={`${panelId}-${open}`}
        className="scroll px-3 py-2"
      >
        <Body view={view} />
      </div>
      <ChangesBar view={view} />
    </>
  )
}
