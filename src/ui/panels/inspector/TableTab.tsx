/** A space's page tables: the tree of entries, the way to one of them, and its bits. */
import { type FormEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { EntryView, InspectorView, TableQuery, TableWindow } from '../../../engine'
import { useController } from '../../app/context'
import { address, count, parseAddress, size } from '../../format/hex'
import { ask, focusEntry, inspectStore } from '../../stores/inspect-store'
import { BitRuler } from './BitRuler'
import { TableTree } from './TableTree'
import { rowName } from './tree-row'
import { useAtHand, wordTarget } from './use-at-hand'
import { useInspect } from './use-inspect'

export function TableTab({ view }: { readonly view: InspectorView }) {
  const [chosen, setChosen] = useState(0)
  const at = Math.min(chosen, view.tables.length - 1)
  const table = view.tables[at]
  if (table === undefined) {
    return (
      <p className="text-ink-2">
        No page table. An address space gets one when the first device is attached, or a user's table is
        bound.
      </p>
    )
  }
  return (
    <>
      {view.tables.length > 1 && <TableChoice view={view} at={at} onChoose={setChosen} />}
      <OneTable key={`${view.id} ${table.table}`} id={view.id} table={table.table} />
    </>
  )
}

interface ChoiceProps {
  readonly view: InspectorView
  readonly at: number
  readonly onChoose: (at: number) => void
}

function TableChoice({ view, at, onChoose }: ChoiceProps) {
  return (
    <label className="flex items-center gap-2 pb-2 text-11 text-ink-2">
      Table
      <select className="field" value={at} onChange={event => onChoose(Number(event.target.value))}>
        {view.tables.map(({ table, title, root }, k) => (
          <option key={table} value={k}>
            {title}, root {address(root)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Rows asked for at once, and the step in which the window moves. */
const WINDOW = 192
const BLOCK = 64

function OneTable({ id, table }: { readonly id: string; readonly table: number }) {
  const focus = useStore(inspectStore, state => state.focus)
  const toggled = useStore(inspectStore, state => state.toggled)
  const [from, setFrom] = useState(0)
  const query: TableQuery = { what: 'table', id, table, toggled, focus, from, count: WINDOW }
  const window = useInspect(query).answer?.view ?? null
  const at = window?.entry ?? null
  useAtHand(at === null ? null : wordTarget(rowName({ ...at, lastIndex: at.index }), at.hpa))
  if (window === null) return null
  const onSee = (first: number) => setFrom(Math.max(0, Math.floor(first / BLOCK) * BLOCK - BLOCK))
  return (
    <section aria-label={window.title}>
      <TableHead window={window} />
      {window.entry !== null && <Way key={`${window.entry.iova}`} entry={window.entry} />}
      <TableTree window={window} onSee={onSee} />
      {window.entry !== null && <Entry id={id} entry={window.entry} within={window.within} />}
      {window.notModelled.length > 0 && (
        <p className="pt-2 text-11 text-ink-2">Not modelled: {window.notModelled.join('; ')}.</p>
      )}
    </section>
  )
}

function TableHead({ window }: { readonly window: TableWindow }) {
  return (
    <>
      <div className="flex items-center gap-3 pb-2 whitespace-nowrap text-ink-2">
        <span className="truncate">{window.title.replace(/^Intel /, '').replace(/ \(.*\)$/, '')}</span>
        <span>
          root{window.within === null ? '' : ' GPA'}{' '}
          <code className="text-ink-1">{address(window.root)}</code>
        </span>
        <span>
          {window.levels}-level, {window.inputBits} bit
        </span>
        {window.domain > 0 && <span>DID {window.domain}</span>}
      </div>
      {window.within !== null && (
        <p className="pb-2 text-ink-2">
          Written by the guest, in its memory; found through {window.within}
          {window.rootHpa === null ? (
            <b className="text-err">, which maps nothing there</b>
          ) : (
            <>
              : root at HPA <code className="text-ink-1">{address(window.rootHpa)}</code>
            </>
          )}
          .
        </p>
      )}
    </>
  )
}

/** The entries a walk reads on its way; another IOVA in the first cell goes to its entry, as deep as the table goes. */
function Way({ entry }: { readonly entry: EntryView }) {
  return (
    <ol aria-label="Walk to the entry" className="way mb-2">
      <li className="bg-bg-2">
        <FindIova shown={entry.iova} />
      </li>
      {entry.path.map((step, k) => (
        <li key={step.level} className={k === entry.path.length - 1 ? 'bg-accent-wash' : ''}>
          <small>
            {step.high}:{step.low}
          </small>
          <code>
            {step.name.replace(/ table$/, '')} <b>{step.index}</b>
          </code>
        </li>
      ))}
    </ol>
  )
}

function FindIova({ shown }: { readonly shown: bigint }) {
  const [text, setText] = useState(address(shown))
  const parsed = parseAddress(text)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (parsed !== null) focusEntry({ iova: parsed, level: null, exact: true })
  }
  return (
    <form onSubmit={onSubmit} aria-label="Find an IOVA">
      <label>
        <small>IOVA, Enter finds</small>
        <input
          className="mono"
          aria-label="Find IOVA"
          value={text}
          aria-invalid={parsed === null}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setText(event.target.value)}
          onFocus={event => event.target.select()}
        />
      </label>
    </form>
  )
}

interface EntryProps {
  readonly id: string
  readonly entry: EntryView
  readonly within: string | null
}

function Entry({ id, entry, within }: EntryProps) {
  const controller = useController()
  const run = entry.lastIndex > entry.index
  const translate = () => {
    const device = id.startsWith('device:') ? { device: id.slice('device:'.length) } : {}
    ask({ ...device, address: address(entry.iova) })
    controller.openTab('translate')
  }
  return (
    <>
      <BitRuler
        name={rowName({ ...entry, lastIndex: entry.index })}
        hpa={entry.hpa}
        value={entry.value}
        before={entry.before}
        fields={entry.fields}
        meanings={meanings(entry, within)}
      />
      {within !== null && <Places entry={entry} within={within} />}
      <p className="flex flex-wrap gap-x-3 pt-2 text-ink-2">
        {run && <span>First of {count(entry.lastIndex - entry.index + 1)} alike.</span>}
        <span>
          IOVA {address(entry.iova)} + {size(entry.last - entry.iova + 1n)}
        </span>
        <button type="button" className="link" onClick={translate}>
          Translate {address(entry.iova)}
        </button>
      </p>
    </>
  )
}

/** Both addresses of an entry in guest memory, and both of what it leads to. */
function Places({ entry, within }: { readonly entry: EntryView; readonly within: string }) {
  const { gpa, hpa, output, outputHpa } = entry
  if (gpa === null) return null
  return (
    <dl aria-label="By the parent" className="places">
      <dt>lies at</dt>
      <dd>
        GPA <code>{address(gpa)}</code>, HPA <code>{address(hpa)}</code>
      </dd>
      {output !== null && (
        <>
          <dt>leads to</dt>
          <dd>
            GPA <code>{address(output)}</code>,{' '}
            {outputHpa === null ? (
              <b className="text-err">nothing: {within} does not map it</b>
            ) : (
              <>
                HPA <code>{address(outputHpa)}</code>
              </>
            )}
          </dd>
        </>
      )}
    </dl>
  )
}

/** What the address and the rights of a leaf mean here, beside what they mean in general. */
function meanings({ kind, hva, effective }: EntryView, within: string | null): Record<string, string> {
  const name = within === null ? 'HPA' : 'GPA'
  if (kind === 'table' && within !== null) return { ADDR: 'GPA of the next table' }
  if (kind !== 'leaf') return {}
  const rights =
    effective === null ? '' : `over all levels: ${[...effective.toUpperCase()].join(' ') || 'none'}`
  const backs = hva === null ? `${name} of the page` : `${name} of the page; backs HVA ${address(hva)}`
  return { ADDR: backs, RPN: backs, ...(rights === '' ? {} : { R: rights, W: rights }) }
}
