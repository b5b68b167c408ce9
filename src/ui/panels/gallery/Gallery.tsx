/** The flows that come with the page, as a ruled sheet of their layouts. */
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useController } from '../../app/context'
import { openScenario, SCENARIOS, type Scenario } from '../../app/scenarios'
import { counted } from '../../format/hex'
import { bestOf } from '../palette/fuzzy'
import { MiniGraph } from './MiniGraph'
import { loadPreviews, type Preview, previewStore } from './previews'

export function Gallery() {
  const controller = useController()
  const [query, setQuery] = useState('')
  const previews = useStore(previewStore)
  useEffect(() => void loadPreviews(controller), [controller])
  const found = bestOf(query, SCENARIOS, scenario => wordsOf(scenario, previews[scenario.file]))
  return (
    <section className="gallery" aria-label="Gallery">
      <div className="gallery-head">
        <h2 className="font-semibold">Gallery</h2>
        <span className="min-w-0 flex-1 truncate text-ink-2">the layouts argued over, ready to step</span>
        <Filter query={query} onQuery={setQuery} found={found.length} />
      </div>
      <ul className="gallery-sheet">
        {found.map(scenario => (
          <Cell key={scenario.file} scenario={scenario} preview={previews[scenario.file] ?? null} />
        ))}
      </ul>
      {found.length === 0 && <p className="p-3 text-ink-2">No flow of the gallery is named so.</p>}
    </section>
  )
}

function wordsOf({ title, shows, file, code }: Scenario, preview: Preview | undefined): string[] {
  const { dialect = '', platform = '' } = preview?.scenario ?? {}
  return [title, code ?? '', file, `${title} ${shows} ${file} ${dialect} ${platform}`]
}

interface FilterProps {
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly found: number
}

function Filter({ query, onQuery, found }: FilterProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, textarea') !== null
      if (event.key !== '/' || typing || event.defaultPrevented) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && query !== '') onQuery('')
  }
  return (
    <label className="field gallery-filter">
      <Search size={12} aria-hidden />
      <span className="sr-only">Filter the gallery</span>
      <input
        ref={input}
        type="search"
        value={query}
        placeholder="Filter"
        onChange={event => onQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      <span role="status" className="sr-only">
        {found} found
      </span>
    </label>
  )
}

interface CellProps {
  readonly scenario: Scenario
  readonly preview: Preview | null
}

/** A link, so that it can be opened beside what is at hand; a plain click stays in this page. */
function Cell({ scenario, preview }: CellProps) {
  const controller = useController()
  const { code, title, shows, file } = scenario
  return (
    <li>
      <a
        className="gallery-cell"
        href={`#${code ?? `g.${file.replace(/\.flow$/, '')}`}`}
        onClick={event => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          openScenario(controller, scenario)
        }}
      >
        <span className="gallery-picture">{preview !== null && <MiniGraph graph={preview.graph} />}</span>
        <span className="font-semibold">{title}</span>
        <span className="gallery-facts">
          <code>{code}</code>
          {preview !== null && (
            <>
              <span>{counted(preview.steps, 'step')}</span>
              <span>
                {preview.scenario.dialect}, {preview.scenario.platform}
              </span>
            </>
          )}
        </span>
        <span className="text-11 text-ink-2">{shows}</span>
      </a>
    </li>
  )
}
