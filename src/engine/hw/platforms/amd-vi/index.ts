/**
 * AMD-Vi: device table, host (v1) and guest (v2) tables and nesting in memory, IOTLB and its commands, page requests. Models the
 * AMD I/O Virtualization Technology specification as far as NOT_MODELLED does not say otherwise.
 */
import type {
  HwContext,
  HwDevice,
  Platform,
  TableSpec,
  TableStage,
  UserTable,
  UserTableWish,
} from '../../contract'
import { createIotlb } from '../../iotlb-entries'
import { createStructCache } from '../../struct-cache'
import { AMD_PARAMS, type AmdConfig, amdCaps, configureAmd, GUEST_TABLE, HOST_TABLE } from './config'
import { amdRegisters, cacheLines, describeAmd, listCaches } from './describe'
import { createDeviceTable } from './device-table'
import { amdDriver } from './domain-driver'
import { pasidTables } from './gcr3'
import { invalidateAmd } from './invalidate'
import { pageRequests, requestLines } from './page-requests'
import { routeAmd } from './route'
import { type AmdState, NO_REQUESTS } from './state'
import { DTE } from './structures.data'
import { coherentConfig, grownConfig, guestConfig, hostConfig } from './tables'
import { translateAmd } from './translate'

const NOT_MODELLED: readonly string[] = [
  'guest tables of the kernel beside a host table: a device that has such takes one for requests without PASID, too',
  'caches of table walks and of GCR3 entries',
  'the command buffer and the event log as rings: a command takes effect as it is submitted, an event can be computed',
  'page requests of several accesses, of supervisors and to execute; automatic responses but for a full log',
  'interrupt remapping: requests to 0xfee00000-0xfeefffff are refused as interrupt messages',
  'exclusion ranges, unity mappings, SEV-SNP, vIOMMU acceleration',
  "supervisor and execute requests: every request is a user's, for data",
]

const LAST_PAGE = 2 ** 52 - 1

/** The lower half of a canonical input: the upper is the kernel's. */
const GUEST: TableSpec = {
  key: 'v2',
  format: GUEST_TABLE,
  cfg: guestConfig(4),
  covers: { firstPage: 0, lastPage: 2 ** 35 - 1 },
}

export const amdVi: Platform<AmdConfig, AmdState> = {
  id: 'amd-vi',
  title: 'AMD-Vi',
  cpuTranslatesPasids: false,
  notModelled: NOT_MODELLED,
  params: AMD_PARAMS,
  configure: params => configureAmd(params),
  caps: amdCaps,
  tablesFor,
  grown: grownConfig,
  snooping: spec => ({ ...spec, key: `${spec.key} fc`, cfg: coherentConfig(spec.cfg) }),
  processTable,
  userTable,
  pasidTables,
  init,
  domains: amdDriver,
  route: routeAmd,
  invalidate: invalidateAmd,
  translate: translateAmd,
  pageRequests,
  cacheLines: (ctx, state) => [...cacheLines(ctx.bulk, state), ...requestLines(ctx, state.ppr)],
  caches: (ctx, state) => listCaches(ctx.bulk, state),
  tellingFields: ['DomainID', 'Mode', 'GV', 'ADDR'],
  describe: describeAmd,
  registers: amdRegisters,
}

/** One host table serves every device of a space that takes host tables; it grows as far as mappings ask. */
function tablesFor(
  { levels, dirty }: AmdConfig,
  _device: HwDevice,
  stage: TableStage = 'second',
): readonly TableSpec[] {
  if (stage === 'first') return [GUEST]
  const covers = { firstPage: 0, lastPage: LAST_PAGE }
  return [{ key: 'v1', format: HOST_TABLE, cfg: hostConfig(levels, dirty), covers }]
}

function processTable({ pasidBits }: AmdConfig): TableSpec | null {
  return pasidBits === 0 ? null : GUEST
}

/** The guest's own table: what a GCR3 entry leads to. */
function userTable({ pasidBits }: AmdConfig, wish: UserTableWish): UserTable {
  if (pasidBits === 0) return { problem: 'a unit without PASIDs walks no guest tables' }
  if (wish.format !== null && wish.format !== GUEST_TABLE)
    return { problem: `${wish.format} is not a format of AMD-Vi: ${GUEST_TABLE}` }
  if ((wish.addressBits ?? 48) !== 48)
    return { problem: `a guest table takes 48 bits, not ${wish.addressBits}` }
  return { format: GUEST_TABLE, cfg: guestConfig(4) }
}

function init(ctx: HwContext, config: AmdConfig): AmdState {
  return {
    config,
    devices: createDeviceTable(ctx),
    dtes: createStructCache(ctx.bulk, 1, DTE.words),
    iotlb: createIotlb(ctx.bulk),
    deviceTlb: createIotlb(ctx.bulk),
    routes: [],
    ppr: NO_REQUESTS,
    gcr3s: [],
  }
}
