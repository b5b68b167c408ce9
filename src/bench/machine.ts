/** A machine with a table to measure on. */
import { type Bulk, createBulk } from '../engine/mem'
import { createTable, mapRun, type OpenTable, openTable, type TableRef, type TableSink } from '../engine/pt'
import { SILENT } from '../engine/trace/events'

export const QUIET: TableSink = { events: SILENT, costs: { add: () => {} } }

export interface Mapped {
  readonly bulk: Bulk
  readonly ref: TableRef
  readonly open: OpenTable
}

/** Host page behind page 0 in every bench, as in the twins. */
export const TARGET = 0x100000

/** A 4-level VT-d table with `pages` pages of 4 KiB from 0, forced to be small pages. */
export function mappedTable(pages: number): Mapped {
  const bulk = createBulk()
  const ref = createTable(bulk, { id: 1, format: 'vtd-ss', cfg: { levels: 4, maxPageLg2: 12 } }, QUIET)
  if (ref === null) throw new Error('no frames')
  if (pages > 0 && !mapRun(bulk, ref, { page: 0, pages, target: TARGET, perm: 3 }, QUIET))
    throw new Error('no frames')
  return { bulk, ref, open: openTable(bulk, ref) }
}
