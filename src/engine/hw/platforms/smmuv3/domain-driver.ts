/**
 * What the kernel's driver for SMMUv3 lets be built: stage 2 tables, parents for nesting, and over them, through a
 * vIOMMU, what a guest writes into the first two words of its stream table entry.
 *
 * Source: iommufd facts 2.11, 2.12, 2.15, 2.17, 3.3; hardware facts, iommufd Arm data. Not modelled: stage 1 tables of
 * the kernel (its tables are stage 2 throughout) and so PASIDs of the kernel's tables, dirty tracking, queues of events.
 */
import type { HwContext, HwDevice } from '../../contract'
import {
  type DomainDriver,
  type DriverRefusal,
  type InvalidationList,
  invalid,
  isRefused,
  type NestedShape,
  unsupported,
  userStruct,
  type VirtualIommu,
  type VirtualUnit,
  word64,
} from '../../domain-driver'
import { encodeStruct, type StructLayout, structField } from '../../struct'
import { sync } from './commands'
import * as layouts from './commands.data'
import { MSI_WINDOW, OUTPUT_BITS, type SmmuConfig } from './config'
import { submit } from './invalidate'
import { CD_TABLE, cdTableConfig } from './pasid-table-format'
import { STAGE_2, secondConfig, startLevelFor } from './stages'
import type { SmmuState } from './state'
import { CONFIG, STE } from './structures.data'

const HW_INFO_ARM_SMMUV3 = 2
const HWPT_DATA_ARM_SMMUV3 = 2
const VIOMMU_ARM_SMMUV3 = 1
const INVALIDATE_ARM_SMMUV3 = 1

export const smmuDriver: DomainDriver<SmmuConfig, SmmuState> = {
  name: 'arm-smmu-v3',
  device: (config, device) => ({
    reserved: [MSI_WINDOW],
    info: { type: HW_INFO_ARM_SMMUV3, bytes: registersOf(config) },
    dirtyTracking: false,
    pasidLg2: Math.min(device.pasidBits ?? 0, config.ssidBits),
    ats: device.ats,
  }),
  paging({ ipaBits }, _device, { dirty, pasid, data }) {
    if (data !== null) return unsupported('its tables take no data of the user')
    if (dirty) return unsupported('the unit does not track what is written')
    if (pasid) return unsupported('tables of the kernel are stage 2: no PASID reaches one')
    const cfg = secondConfig({
      inputBits: ipaBits,
      startLevel: startLevelFor(ipaBits),
      outputBits: OUTPUT_BITS,
      affd: false,
    })
    const aperture = { start: 0n, last: (1n << BigInt(ipaBits)) - 1n }
    return { aperture, granuleLg2: 12, table: { format: STAGE_2, cfg } }
  },
  nested(_config, device, { viommu, data }) {
    if (!viommu) return unsupported("a guest's entry comes through a vIOMMU")
    const bytes = userStruct(data, { type: HWPT_DATA_ARM_SMMUV3, least: 16, most: 16 })
    return isRefused(bytes) ? bytes : entryOf(device, word64(bytes, 0), word64(bytes, 8))
  },
  attach: () => null,
  userPasidTables: true,
  viommu: (_config, type) =>
    type === VIOMMU_ARM_SMMUV3 ? { run: (unit, list) => runCommands(unit, list), queues: () => null } : null,
}

/** The bits of the two words that are a guest's to say; every other must be 0. */
const OF_GUEST = encodeStruct(STE, {
  ...{ V: 1, Config: 7, S1Fmt: 3, S1ContextPtr: 2 ** 52 - 64, S1CDMax: 31 },
  ...{ S1DSS: 3, S1CIR: 3, S1COR: 3, S1CSH: 3, S1STALLD: 1, EATS: 3 },
})

const illegal = (why: string): DriverRefusal => ({ refused: 'io', why })

/** struct iommu_hwpt_arm_smmuv3: what the guest's entry comes to over the parent. */
function entryOf(device: HwDevice, low: bigint, high: bigint): NestedShape | DriverRefusal {
  const field = (name: string) => Number(structField(STE, [low, high], name))
  const nothing = { guest: null, cache: [], reaches: 'nothing' } as const
  if (field('V') === 0) return nothing
  if (low & ~(OF_GUEST[0] ?? 0n) || high & ~(OF_GUEST[1] ?? 0n))
    return illegal("bits of the entry that are not the guest's")
  if (field('EATS') > 1) return illegal(`EATS ${field('EATS')}`)
  switch (field('Config')) {
    case CONFIG.abort:
      return nothing
    case CONFIG.bypass:
      return { guest: null, cache: [], reaches: 'parent' }
    case CONFIG.stage1: {
      const rest = {
        s1dss: field('S1DSS'),
        s1stalld: field('S1STALLD'),
        eats: device.ats ? field('EATS') : 0,
      }
      const cfg = cdTableConfig({ format: field('S1Fmt'), bits: field('S1CDMax') }, rest)
      const contexts = { format: CD_TABLE, cfg, root: field('S1ContextPtr') }
      return { guest: null, cache: [], contexts }
    }
    default:
      return illegal(`Config ${field('Config')}`)
  }
}

const COMMAND_BYTES = 16
const VMID_BITS = 0xffffn << 32n
const SID_BITS = 0xffff_ffffn << 32n

const BY_OPCODE: ReadonlyMap<number, StructLayout> = new Map(
  [...layouts.OPCODES].map(([layout, opcode]) => [opcode, layout]),
)

/** Commands whose VMID is made the guest's own. */
const BY_VMID: ReadonlySet<StructLayout> = new Set([
  layouts.TLBI_NH_ALL,
  layouts.TLBI_NH_ASID,
  layouts.TLBI_NH_VA,
  layouts.TLBI_NH_VAA,
])
/** Commands whose StreamID is a virtual one. */
const BY_STREAM: ReadonlySet<StructLayout> = new Set([layouts.ATC_INV, layouts.CFGI_CD, layouts.CFGI_CD_ALL])

type Result = ReturnType<NonNullable<VirtualIommu['run']>>

/** Raw commands of a guest, one after the other up to the first that is not to be had; a SYNC waits for them. */
function runCommands(unit: VirtualUnit<SmmuState>, list: InvalidationList): Result {
  const judged = judgeList(list)
  if (judged !== null) return { done: 0, refused: judged }
  let done = 0
  let refused: DriverRefusal | null = null
  for (; done < list.entries && refused === null; ) {
    if (list.bytes === null)
      return { done, refused: { refused: 'fault', why: 'the commands cannot be read' } }
    const at = done * list.entryBytes
    refused = runCommand(unit, word64(list.bytes, at), word64(list.bytes, at + 8))
    if (refused === null) done++
  }
  if (done > 0) submit(unit.ctx, unit.state, sync(), 'completion')
  return { done, refused }
}

function judgeList({ type, entries, entryBytes }: InvalidationList): DriverRefusal | null {
  if (type !== INVALIDATE_ARM_SMMUV3) return invalid(`data type ${type}`)
  return entries > 0 && entryBytes < COMMAND_BYTES ? invalid(`entries of ${entryBytes} bytes`) : null
}

function runCommand(
  { ctx, state, domain, ridOf }: VirtualUnit<SmmuState>,
  low: bigint,
  high: bigint,
): DriverRefusal | null {
  const opcode = Number(low & 0xffn)
  const asked = BY_OPCODE.get(opcode)
  // Everything of the guest is everything of its VMID.
  const layout = asked === layouts.TLBI_NSNH_ALL ? layouts.TLBI_NH_ALL : asked
  if (layout === undefined) return illegal(`there is no command ${opcode}`)
  if (BY_VMID.has(layout)) {
    const whole = asked !== layout
    const first = whole ? BigInt(layouts.OPCODES.get(layout) ?? 0) : low & ~VMID_BITS
    issue(ctx, state, layout, [first | (BigInt(domain) << 32n), whole ? 0n : high])
    return null
  }
  if (!BY_STREAM.has(layout)) return illegal(`${layout.name} is not for guests`)
  const sid = low >> 32n
  const rid = ridOf(sid)
  if (rid === null) return illegal(`no virtual device ${sid}`)
  issue(ctx, state, layout, [(low & ~SID_BITS) | (BigInt(rid) << 32n), high])
  return null
}

const issue = (ctx: HwContext, state: SmmuState, { name }: StructLayout, words: readonly bigint[]): void =>
  submit(ctx, state, { name, words }, 'a command of a guest')

/** struct iommu_hw_info_arm_smmuv3: flags, IDR0 to IDR5, IIDR, AIDR. */
function registersOf({ ssidBits, stall, streamTable }: SmmuConfig): Uint8Array {
  const view = new DataView(new ArrayBuffer(40))
  const idr = (n: number, value: number): void => view.setUint32(8 + n * 4, value, true)
  /** S2P, S1P, TTF of AArch64, COHACC, ATS, ASID16, PRI, VMID16, CD2L. */
  const has = [0, 1, 3, 4, 10, 12, 16, 18, 19].reduce((word, bit) => word | (1 << bit), 0)
  idr(0, has | ((stall ? 0 : 1) << 24) | ((streamTable === 'two-level' ? 1 : 0) << 27))
  /** SIDSIZE, SSIDSIZE. */
  idr(1, 16 | (ssidBits << 6))
  /** RIL. */
  idr(3, 1 << 10)
  /** OAS of 48 bits, GRAN4K. */
  idr(5, 5 | (1 << 4))
  return new Uint8Array(view.buffer)
}
