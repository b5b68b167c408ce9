/**
 * Arm SMMUv3: stream table and context descriptors in memory, both stages and nesting, TLB, configuration caches and
 * their commands, page requests and stalls. Models IHI 0070 as far as NOT_MODELLED does not say otherwise.
 */
import { pow2 } from '../../../bits'
import type {
  HwContext,
  HwDevice,
  Platform,
  TableSpec,
  TableStage,
  UserTable,
  UserTableWish,
} from '../../contract'
import { cacheLines, listCaches } from './cache-listings'
import { configureSmmu, OUTPUT_BITS, SMMU_PARAMS, type SmmuConfig, smmuCaps } from './config'
import { describeSmmu, smmuRegisters } from './describe'
import { smmuDriver } from './domain-driver'
import { createStreamTable } from './entries'
import { invalidateSmmu } from './invalidate'
import { pasidTables } from './pasid-tables'
import { NO_REQUESTS, requestLines } from './request-queues'
import { pageRequests } from './requests'
import { routeSmmu } from './route'
import { firstConfig, STAGE_1, STAGE_2, secondConfig, startLevelFor } from './stages'
import { createCaches, type SmmuState } from './state'
import { translateSmmu } from './translate'

const NOT_MODELLED: readonly string[] = [
  'privileged and execute access: every request is unprivileged, for data',
  'granules of 16 and 64 KiB, AArch32 and big-endian tables, hardware update of AF and dirty state',
  'stage 2 under substreams of the kernel: a stream that has such takes stage 1 for requests without, too',
  'caches of table walks and of first-level descriptors',
  'the command queue as a ring: a command takes effect as it is submitted; command errors',
  'the event queue but for stalled requests: an event is a value, its record can be computed',
  'MSIs and the ITS: an interrupt is a write like any other',
  'secure and realm streams, EL2 streams, memory attributes, registers, SMMUEN = 0',
]

const VA_BITS = 48

const FIRST: TableSpec = {
  key: 's1',
  format: STAGE_1,
  cfg: firstConfig(VA_BITS, OUTPUT_BITS, { affd: false, had: false }),
  covers: { firstPage: 0, lastPage: pow2(VA_BITS - 12) - 1 },
}

const processTable = ({ ssidBits }: SmmuConfig): TableSpec | null => (ssidBits === 0 ? null : FIRST)

export const smmuv3: Platform<SmmuConfig, SmmuState> = {
  id: 'smmuv3',
  title: 'Arm SMMUv3',
  cpuTranslatesPasids: false,
  notModelled: NOT_MODELLED,
  params: SMMU_PARAMS,
  configure: params => configureSmmu(params),
  caps: smmuCaps,
  tablesFor,
  processTable,
  userTable,
  pasidTables,
  init,
  route: routeSmmu,
  invalidate: invalidateSmmu,
  translate: translateSmmu,
  domains: smmuDriver,
  pageRequests,
  cacheLines: (ctx, state) => [...cacheLines(ctx.bulk, state), ...requestLines(ctx, state.requests)],
  caches: (ctx, state) => listCaches(ctx.bulk, state),
  tellingFields: ['Config', 'S2VMID', 'ASID'],
  describe: describeSmmu,
  registers: smmuRegisters,
}

/** One table of a stage serves every device of a space that takes that stage. */
function tablesFor(
  { ipaBits }: SmmuConfig,
  _device: HwDevice,
  stage: TableStage = 'second',
): readonly TableSpec[] {
  if (stage === 'first') return [FIRST]
  const startLevel = startLevelFor(ipaBits)
  const cfg = secondConfig({ inputBits: ipaBits, startLevel, outputBits: OUTPUT_BITS, affd: false })
  return [{ key: 's2', format: STAGE_2, cfg, covers: { firstPage: 0, lastPage: pow2(ipaBits - 12) - 1 } }]
}

/** The guest's own stage 1 table: what a CD's TTB0 leads to, 25 to 48 bits wide. */
function userTable(_config: SmmuConfig, wish: UserTableWish): UserTable {
  if (wish.format !== null && wish.format !== STAGE_1)
    return { problem: `${wish.format} is not a format of SMMUv3: ${STAGE_1}` }
  const bits = wish.addressBits ?? VA_BITS
  if (bits < 25 || bits > VA_BITS) return { problem: `stage 1 takes 25 to 48 bits, not ${bits}` }
  return { format: STAGE_1, cfg: firstConfig(bits, OUTPUT_BITS, { affd: false, had: false }) }
}

function init(ctx: HwContext, config: SmmuConfig): SmmuState {
  return {
    config,
    streamTable: createStreamTable(ctx, config),
    caches: createCaches(ctx.bulk),
    requests: NO_REQUESTS,
    routes: [],
    cdTables: [],
  }
}
