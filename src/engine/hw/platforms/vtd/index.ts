/**
 * Intel VT-d: root, context and PASID structures in memory, second-stage translation, IOTLB and its
 * invalidation. Models the VT-d architecture specification as far as NOT_MODELLED does not say otherwise.
 */
import { pow2 } from '../../../bits'
import type { HwContext, HwDevice, Platform, TableSpec, UserTable, UserTableWish } from '../../contract'
import { createIotlb } from '../../iotlb-entries'
import { allocFrames } from '../../memory-struct'
import { listCaches } from './cache-listings'
import { cacheLines, createCaches } from './caches'
import { configureVtd, VTD_PARAMS, type VtdConfig, vtdCaps, widthOf } from './config'
import { describeVtd, vtdRegisters } from './describe'
import { vtdDriver } from './domain-driver'
import { FIRST_STAGE, firstStageConfig } from './first-stage'
import { invalidateVtd } from './invalidate'
import { NO_REQUESTS, requestLines } from './page-queue'
import { pageRequests } from './page-requests'
import { routeVtd } from './route'
import { SECOND_STAGE, secondStageConfig, snoopingConfig } from './second-stage'
import type { VtdState } from './state'
import { translateVtd } from './translate'

const NOT_MODELLED: readonly string[] = [
  "supervisor and execute requests: every request is a user's, for data",
  'ATS: the no-write hint, answers of several pages, the checks newer units make of translated requests',
  'caches of root entries and of PASID directory entries',
  'the invalidation queue as a ring: a command takes effect as it is submitted',
  'fault recording registers: a fault is a value, its record can be computed',
  'interrupt remapping: requests to 0xfee00000-0xfeefffff are refused as interrupt messages',
  'registers, memory typing, execute permission, translation switched off (TE=0)',
]

export const vtd: Platform<VtdConfig, VtdState> = {
  id: 'vtd',
  title: 'Intel VT-d',
  cpuTranslatesPasids: true,
  notModelled: NOT_MODELLED,
  params: VTD_PARAMS,
  configure(params) {
    return configureVtd(params)
  },
  caps: vtdCaps,
  tablesFor,
  snooping: spec => ({ ...spec, key: `${spec.key} snp`, cfg: snoopingConfig(spec.cfg) }),
  processTable,
  userTable,
  pasidTables: null,
  init,
  route: routeVtd,
  invalidate: invalidateVtd,
  translate: translateVtd,
  domains: vtdDriver,
  pageRequests,
  cacheLines: (ctx, state) => [...cacheLines(ctx.bulk, state), ...requestLines(ctx, state.pageRequests)],
  caches: (ctx, state) => listCaches(ctx.bulk, state),
  tellingFields: ['DID', 'PGTT', 'TT', 'AW'],
  describe: describeVtd,
  registers: vtdRegisters,
}

/** One table serves every device of a space. */
function tablesFor(config: VtdConfig, _device: HwDevice): readonly TableSpec[] {
  const cfg = secondStageConfig(config, config.levels, config.accessedDirty)
  const covers = { firstPage: 0, lastPage: pow2(widthOf(config.levels) - 12) - 1 }
  return [{ key: 'ss', format: SECOND_STAGE, cfg, covers }]
}

/** The lower half of a canonical input: the upper is the kernel's. */
function processTable(config: VtdConfig): TableSpec | null {
  if (config.mode === 'legacy') return null
  const levels = config.levels === 5 ? 5 : 4
  const covers = { firstPage: 0, lastPage: pow2(widthOf(levels) - 13) - 1 }
  const cfg = { levels, maxPageLg2: config.largestPageLg2 }
  return { key: 'fs', format: FIRST_STAGE, cfg, covers }
}

const USER_LEVELS: Readonly<Record<number, 4 | 5>> = { 48: 4, 57: 5 }

/** The guest's own first-stage table: x86-64, 48 or 57 bits wide. */
function userTable(config: VtdConfig, wish: UserTableWish): UserTable {
  if (config.mode === 'legacy') return { problem: 'legacy mode has one stage: nothing to nest under it' }
  if (wish.format !== null && wish.format !== FIRST_STAGE)
    return { problem: `${wish.format} is not a format of VT-d: ${FIRST_STAGE}` }
  const levels = USER_LEVELS[wish.addressBits ?? 48]
  if (levels === undefined) return { problem: `a first stage takes 48 or 57 bits, not ${wish.addressBits}` }
  const cfg = firstStageConfig({ levels, executeDisable: false, extendedAccessed: false }, true)
  return { format: FIRST_STAGE, cfg }
}

function init(ctx: HwContext, config: VtdConfig): VtdState {
  return {
    config,
    root: allocFrames(ctx, 1),
    iotlb: createIotlb(ctx.bulk),
    caches: createCaches(ctx.bulk),
    pageRequests: NO_REQUESTS,
    routes: [],
  }
}
