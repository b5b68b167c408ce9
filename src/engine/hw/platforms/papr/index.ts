/**
 * PAPR: LIOBN windows over TCE tables in big-endian memory. No passthrough, no PASIDs, no recoverable faults;
 * a device reaches no memory until it is attached and its TCEs are filled.
 */
import { hex } from '../../../bits'
import type {
  ConfigRow,
  HwContext,
  HwDevice,
  Platform,
  PlatformCaps,
  PlatformParam,
  TableSpec,
} from '../../contract'
import { readParams } from '../../params'
import { PLAIN_CAPS } from '../../plain-unit'
import { HYPERCALLS } from './hypercalls'
import { invalidatePapr, routePapr, windowFields } from './route'
import type { PaprState } from './state'
import { translatePapr } from './translate'
import {
  keyOf,
  lastByte,
  type PaprConfig,
  type PaprWindow,
  readWindows,
  TCE_FORMAT,
  tableConfig,
  windowsOf,
} from './windows'

export * from './hypercalls'
export type { BoundWindow, PaprState } from './state'

const NOT_MODELLED: readonly string[] = [
  'EEH: a fault does not freeze the PE',
  'the TCE cache: TCE kill is issued and drops nothing',
  'windows made and removed at run time (RTAS), VIO windows',
  'the structures of the host bridge that find a window (PE, TVE): no references are counted for them',
  'real addresses of 2^52 and above',
]

const PARAMS: readonly PlatformParam[] = [
  {
    key: 'hostpage',
    values: ['4K', '64K'],
    default: '4K',
    doc: 'Page size of the host: the smallest TCE table',
  },
]

export const papr: Platform<PaprConfig, PaprState> = {
  id: 'papr',
  title: 'PAPR TCE',
  cpuTranslatesPasids: false,
  notModelled: NOT_MODELLED,
  params: PARAMS,
  configure(params, windows) {
    const read = readParams(PARAMS, params)
    return 'problem' in read ? read : readWindows(read.given.hostpage === '64K' ? 16 : 12, windows)
  },
  caps,
  tablesFor,
  init(_ctx, config) {
    return { config, routes: [] }
  },
  route: routePapr,
  invalidate: invalidatePapr,
  translate: translatePapr,
  cacheLines: () => [],
  caches: () => [],
  hypercalls: HYPERCALLS,
  pageRequests: null,
  processTable: () => null,
  pasidTables: null,
  userTable: () => ({ problem: 'PAPR tables are written by hypercalls: a guest has none of its own' }),
  tellingFields: ['table'],
  describe,
}

/** Stands for any device where none is named: the first PE. */
const ANY_DEVICE = { name: '', pe: 0 }

function caps(config: PaprConfig, device: HwDevice | null): PlatformCaps {
  const windows = windowsOf(config, device ?? ANY_DEVICE)
  const permitted = windows.map(window => {
    return { start: window.start, last: lastByte(window), pageLg2: window.pageLg2 }
  })
  return {
    ...PLAIN_CAPS,
    pageSizes: windows.reduce((mask, window) => mask | pageBit(window), 0n),
    smallestPageLg2: Math.min(...windows.map(window => window.pageLg2)),
    inputBits: (permitted.at(-1)?.last ?? 0n).toString(2).length,
    permitted,
    reserved: [],
  }
}

const pageBit = (window: PaprWindow): bigint => 1n << BigInt(window.pageLg2)

function tablesFor(config: PaprConfig, device: HwDevice): readonly TableSpec[] {
  return windowsOf(config, device).map(window => {
    const firstPage = Number(window.start >> 12n)
    const lastPage = firstPage + Number(window.size >> 12n) - 1
    const cfg = tableConfig(config, window)
    return { key: keyOf(window), format: TCE_FORMAT, cfg, covers: { firstPage, lastPage } }
  })
}

function describe(_ctx: HwContext, state: PaprState, device: HwDevice): readonly ConfigRow[] {
  const bound = state.routes.find(route => route.rid === device.rid)?.windows
  if (bound !== undefined) {
    return bound.map(each => ({ ...ROW, port: portName(each.window), fields: windowFields(each) }))
  }
  const table = { id: 0, format: TCE_FORMAT, cfg: {}, root: 0 }
  return windowsOf(state.config, device).map(window => {
    const fields = { ...windowFields({ window, table }), table: 'none' }
    return { ...ROW, port: portName(window), fields }
  })
}

const portName = ({ liobn }: PaprWindow): string => `LIOBN ${hex(liobn)}`

const ROW = { struct: 'TCE window', hpa: null, words: [] } as const
