/**
 * The IOMMU that the kernel's own test driver pretends to have, for devices that are walked: AMD's v1 tables, of pages
 * of 2 KiB for files of objects and of 4 KiB for any other API, an aperture of its own, no caches, no configuration
 * structures in memory.
 *
 * Source: iommufd facts 5.1, 5.2. A table in units of 2 KiB says so in its configuration (`granule`), and its items
 * hold addresses in such units, as the test driver's do: bit 12 is worth 2 KiB. Not modelled: page requests of its own.
 */
import { hex } from '../../../bits'
import { type WalkReason, walkAddress } from '../../../pt'
import type {
  ConfigRow,
  HwContext,
  HwDevice,
  Platform,
  PlatformCaps,
  Reference,
  TableSpec,
  TranslateRequest,
  Translation,
} from '../../contract'
import { tellInvalidated } from '../../flushing'
import { readParams } from '../../params'
import { PLAIN_CAPS, refuseRequest, tellPlain } from '../../plain-unit'
import { tableReference } from '../../reports'
import { mockDriver } from './driver'
import { type MockRoute, type MockState, routeMock } from './route'
import { APERTURE, isScaled, SMALL_LG2, TABLE_FORMAT, tableConfig } from './tables'

const NOT_MODELLED: readonly string[] = [
  'page requests of its devices: its test commands make them',
  'caches: the numbers it keeps for a nested table translate nothing',
  'structures by which it finds a table',
]

type MockConfig = Readonly<Record<string, never>>

export const mock: Platform<MockConfig, MockState> = {
  id: 'mock',
  title: "the kernel's test IOMMU",
  cpuTranslatesPasids: false,
  notModelled: NOT_MODELLED,
  params: [],
  configure(params) {
    const read = readParams([], params)
    return 'problem' in read ? read : { config: {} }
  },
  caps,
  tablesFor: () => [PAGE_TABLE],
  init: () => ({ routes: [] }),
  route: routeMock,
  invalidate(ctx, _state, scope) {
    ctx.costs.add(
      scope.kind === 'all' ? 'flushAll' : scope.kind === 'domain' ? 'flushDomain' : 'flushRange',
      1,
    )
    tellInvalidated(ctx, { name: 'iotlb_sync', words: [] }, scope.kind, 0)
  },
  translate,
  cacheLines: () => [],
  caches: () => [],
  domains: mockDriver,
  pageRequests: null,
  pasidTables: null,
  processTable: () => null,
  userTable: () => ({ problem: 'the test IOMMU walks no table of a user' }),
  tellingFields: ['table', 'domain'],
  describe,
}

/** Of whole pages, for an API that knows no smaller ones. */
const PAGE_TABLE: TableSpec = {
  key: 'mock',
  format: TABLE_FORMAT,
  cfg: tableConfig(12),
  covers: { firstPage: Number(APERTURE.start >> 12n), lastPage: Number(APERTURE.last >> 12n) },
}

function caps(_config: MockConfig, _device: HwDevice | null): PlatformCaps {
  return {
    ...PLAIN_CAPS,
    pageSizes: 0x7fff_f000n,
    smallestPageLg2: 12,
    inputBits: 31,
    permitted: [{ ...APERTURE, pageLg2: 12 }],
    reserved: [],
  }
}

const FAULTS: Readonly<Record<WalkReason, string>> = {
  'not-present': 'nothing is mapped',
  permission: 'the right is not granted',
  reserved: 'a reserved bit is set',
  'address-range': 'outside the aperture',
  refused: 'the table cannot be read',
}

function translate(ctx: HwContext, state: MockState, request: TranslateRequest): Translation {
  const outcome = answer(ctx, state, request)
  tellPlain(ctx, request, outcome)
  return outcome
}

function answer(ctx: HwContext, state: MockState, request: TranslateRequest): Translation {
  const { device, pasid } = request
  const route = state.routes.find(one => one.device === device.name && one.pasid === pasid)
  if (route === undefined) return refuse(request, 'blocked', 'the device is on no table')
  return walk(ctx, request, route)
}

function walk(ctx: HwContext, request: TranslateRequest, { table, domain }: MockRoute): Translation {
  const references: Reference[] = []
  const scaled = isScaled(table)
  const result = walkAddress(ctx.bulk, table, scaled ? toUnits(request.address) : request.address, {
    access: request.access === 'read' ? 1 : 2,
    commit: request.commit,
    log: (level, hpa, value) => references.push(tableReference(table, 'second', { level, hpa, value })),
  })
  if (!result.ok) return refuse(request, result.reason, FAULTS[result.reason], result.level, references)
  const { perm } = result
  const output = scaled ? fromUnits(result.output) : result.output
  const pageLg2 = scaled ? result.pageLg2 - 1 : result.pageLg2
  return { ok: true, output, perm, pageLg2, domain, references, cache: 'none' }
}

const WITHIN = (1n << BigInt(SMALL_LG2)) - 1n

/** An address in units of 2 KiB, as a table of 4 KiB pages takes it, and back. */
const toUnits = (address: bigint): bigint => ((address >> BigInt(SMALL_LG2)) << 12n) | (address & WITHIN)
const fromUnits = (output: number): number =>
  Math.floor(output / 4096) * 2 ** SMALL_LG2 + (output % 2 ** SMALL_LG2)

function refuse(
  request: TranslateRequest,
  code: string,
  name: string,
  level: number | null = null,
  references: readonly Reference[] = [],
): Translation {
  return refuseRequest(request, { code, name, level }, references)
}

function describe(_ctx: HwContext, state: MockState, device: HwDevice): readonly ConfigRow[] {
  const routes = state.routes.filter(route => route.device === device.name)
  return routes.map(({ table, domain, pasid }) => ({
    struct: 'domain of the device',
    hpa: null,
    words: [],
    fields: { table: hex(table.root), domain, ...(pasid === null ? {} : { pasid }) },
  }))
}
