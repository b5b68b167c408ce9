/** A space's page tables: a tree of the entries that exist, each with its raw word, and the bits of one. */
import { useStore } from 'zustand'
import type { InspectorView, TableView } from '../../../engine'
import { address } from '../../format/hex'
import { viewStore } from '../../stores/view-store'
import { EntryBits } from './EntryBits'
import { TableTree } from './TableTree'
import { pathTo, rowToOpen } from './table-rows'

export function TableTab({ view }: { readonly view: InspectorView }) {
  if (view.tables.length === 0) {
    return (
      <p className="text-ink-2">
        No page table. An address space gets one when the first device is attached.
      </p>
    )
  }
  return view.tables.map(table => <OneTable key={table.table} table={table} />)
}

function OneTable({ table }: { readonly table: TableView }) {
  const asked = useStore(viewStore, state => state.entry)
  const open = rowToOpen(table, asked)
  return (
    <section aria-label={table.title} className="pb-4">
      <p className="flex gap-3 pb-2 text-11 whitespace-nowrap text-ink-2">
        <span className="truncate">{table.title}</span>
        <span>
          root <code className="text-ink-1">{address(table.root)}</code>
        </span>
      </p>
      {open !== undefined && <Path table={table} open={open} />}
      <TableTree table={table} open={open} />
      {open !== undefined && <EntryBits row={open} />}
      {table.notModelled.length > 0 && (
        <p className="pt-2 text-11 text-ink-2">Not modelled: {table.notModelled.join('; ')}.</p>
      )}
    </section>
  )
}

function Path({ table, open }: { readonly table: TableView; readonly open: TableView['rows'][number] }) {
  return (
    <ol aria-label="Walk to the entry" className="mb-2 flex border border-line-1">
      <li className="border-r border-line-1 bg-bg-2 px-1.5 py-0.5">
        <small className="block text-[10.5px] text-ink-2">IOVA</small>
        <code>{address(open.iova)}</code>
      </li>
      {pathTo(table, open).map(row => (
        <li
          key={row.level}
          className={`flex-1 border-r border-line-1 px-1.5 py-0.5 last:border-r-0 ${row === open ? 'bg-accent-wash' : ''}`}
        >
          <small className="block text-[10.5px] text-ink-2">{row.name}</small>
          <code>{row.index}</code>
        </li>
      ))}
    </ol>
  )
}
