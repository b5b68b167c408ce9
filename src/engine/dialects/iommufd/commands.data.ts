/**
 * Every call of /dev/iommu as Linux has it, of VFIO's device files, and of the kernel's test hook as far as recordings
 * and flows use it: a row each, whose struct is the layout table's.
 *
 * Source: iommufd facts 2.0, 3.1, 5.3.
 */
import type { Command, Lowering } from '../contract'
import { type Handler, withStruct } from './argument'
import { fieldWord } from './fields.data'
import { attachCall, bindCall, detachCall } from './lower-device'
import { getDirty, hwInfo, hwptAlloc, invalidate, setDirty } from './lower-hwpt'
import * as ioas from './lower-ioas'
import * as test from './lower-test'
import { faultAlloc, hwQueueAlloc, vdeviceAlloc, veventqAlloc, viommuAlloc } from './lower-viommu'
import { STRUCTS, type StructName } from './structs.data'
import * as checks from './test-checks'

/** Members that the kernel writes and a caller leaves alone. */
const isInput = (name: string): boolean => !name.startsWith('out_') && name !== 'size' && name !== 'argsz'

interface Row {
  readonly name: string
  readonly nr: number
  readonly struct: StructName
  readonly handle: Handler
  readonly verb: string
  readonly shown?: readonly string[]
  readonly doc: string
}

const command =
  (file: 'context' | 'device') =>
  ({ name, nr, struct, handle, verb, shown = [], doc }: Row): Command => {
    const { members, sizeField } = STRUCTS[struct]
    const inputs = members.map(member => member.field).filter(isInput)
    return {
      name,
      aliases: [],
      nr,
      file,
      argument: 'struct',
      bareField: null,
      fields: [...inputs, sizeField, 'trailing'].map(fieldWord),
      doc,
      origin: 'proposal',
      label: { verb, fields: shown },
      lower: withStruct(struct, handle),
    }
  }

const CONTEXT: readonly Row[] = [
  {
    ...{ name: 'IOMMU_DESTROY', nr: 0x80, struct: 'destroy', handle: ioas.destroy, verb: 'DESTROY' },
    shown: ['id'],
    doc: 'Destroys an object that nothing else holds.',
  },
  {
    ...{
      name: 'IOMMU_IOAS_ALLOC',
      nr: 0x81,
      struct: 'ioasAlloc',
      handle: ioas.ioasAlloc,
      verb: 'IOAS_ALLOC',
    },
    doc: 'Makes an I/O address space: areas, without a page table until a device attaches.',
  },
  {
    ...{ name: 'IOMMU_IOAS_ALLOW_IOVAS', nr: 0x82, struct: 'allowIovas', handle: ioas.allowIovas },
    verb: 'ALLOW_IOVAS',
    shown: ['ioas_id'],
    doc: 'Says where the kernel may choose addresses; an empty list: anywhere.',
  },
  {
    ...{ name: 'IOMMU_IOAS_COPY', nr: 0x83, struct: 'copy', handle: ioas.copy, verb: 'COPY' },
    shown: ['dst_iova'],
    doc: 'Shows in one IOAS what another maps, over the same pages: pinned and charged once.',
  },
  {
    ...{ name: 'IOMMU_IOAS_IOVA_RANGES', nr: 0x84, struct: 'iovaRanges', handle: ioas.iovaRanges },
    verb: 'IOVA_RANGES',
    shown: ['ioas_id'],
    doc: 'Tells where areas may lie, and the alignment they need.',
  },
  {
    ...{ name: 'IOMMU_IOAS_MAP', nr: 0x85, struct: 'map', handle: ioas.map, verb: 'MAP' },
    shown: ['iova'],
    doc: 'Maps process memory at an address asked for, or at one the kernel chooses.',
  },
  {
    ...{ name: 'IOMMU_IOAS_UNMAP', nr: 0x86, struct: 'unmap', handle: ioas.unmap, verb: 'UNMAP' },
    shown: ['iova'],
    doc: 'Removes every area in a range; none may be cut. What went before a failure stays gone.',
  },
  {
    ...{ name: 'IOMMU_OPTION', nr: 0x87, struct: 'option', handle: ioas.option, verb: 'OPTION' },
    shown: ['option_id'],
    doc: 'Sets or gets an option: who is charged, and whether large pages are used.',
  },
  {
    ...{ name: 'IOMMU_VFIO_IOAS', nr: 0x88, struct: 'vfioIoas', handle: ioas.vfioIoas, verb: 'VFIO_IOAS' },
    shown: ['ioas_id'],
    doc: 'Sets, gets or clears the IOAS that calls of the old container mean.',
  },
  {
    ...{ name: 'IOMMU_HWPT_ALLOC', nr: 0x89, struct: 'hwptAlloc', handle: hwptAlloc, verb: 'HWPT_ALLOC' },
    shown: ['pt_id'],
    doc: "Makes a page table for a device: the kernel's for an IOAS, or a user's over a parent or a vIOMMU.",
  },
  {
    ...{ name: 'IOMMU_GET_HW_INFO', nr: 0x8a, struct: 'hwInfo', handle: hwInfo, verb: 'GET_HW_INFO' },
    shown: ['dev_id'],
    doc: "Tells the registers of a device's IOMMU and what it can do.",
  },
  {
    ...{ name: 'IOMMU_HWPT_SET_DIRTY_TRACKING', nr: 0x8b, struct: 'setDirty', handle: setDirty },
    verb: 'SET_DIRTY_TRACKING',
    shown: ['hwpt_id'],
    doc: 'Starts or stops noting what devices write through a table.',
  },
  {
    ...{ name: 'IOMMU_HWPT_GET_DIRTY_BITMAP', nr: 0x8c, struct: 'getDirty', handle: getDirty },
    verb: 'GET_DIRTY_BITMAP',
    shown: ['hwpt_id'],
    doc: 'Tells, and forgets, what devices wrote.',
  },
  {
    ...{ name: 'IOMMU_HWPT_INVALIDATE', nr: 0x8d, struct: 'invalidate', handle: invalidate },
    verb: 'INVALIDATE',
    shown: ['hwpt_id'],
    doc: "Drops what caches hold of a user's table, or of a vIOMMU, entry by entry.",
  },
  {
    ...{ name: 'IOMMU_FAULT_QUEUE_ALLOC', nr: 0x8e, struct: 'faultAlloc', handle: faultAlloc },
    verb: 'FAULT_QUEUE_ALLOC',
    doc: 'Makes a queue of page requests, read and answered through a file of its own.',
  },
  {
    ...{
      name: 'IOMMU_IOAS_MAP_FILE',
      nr: 0x8f,
      struct: 'mapFile',
      handle: ioas.mapFileCall,
      verb: 'MAP_FILE',
    },
    shown: ['iova'],
    doc: 'Maps pages of a file, whose process may go away.',
  },
  {
    ...{
      name: 'IOMMU_VIOMMU_ALLOC',
      nr: 0x90,
      struct: 'viommuAlloc',
      handle: viommuAlloc,
      verb: 'VIOMMU_ALLOC',
    },
    shown: ['dev_id'],
    doc: 'Hands a slice of a physical IOMMU to a guest, over a parent table.',
  },
  {
    ...{ name: 'IOMMU_VDEVICE_ALLOC', nr: 0x91, struct: 'vdeviceAlloc', handle: vdeviceAlloc },
    verb: 'VDEVICE_ALLOC',
    shown: ['dev_id'],
    doc: 'Gives a device its number inside a vIOMMU.',
  },
  {
    ...{
      name: 'IOMMU_IOAS_CHANGE_PROCESS',
      nr: 0x92,
      struct: 'changeProcess',
      handle: ioas.changeProcessCall,
    },
    verb: 'CHANGE_PROCESS',
    doc: 'Charges what files map to the process that calls.',
  },
  {
    ...{ name: 'IOMMU_VEVENTQ_ALLOC', nr: 0x93, struct: 'veventqAlloc', handle: veventqAlloc },
    verb: 'VEVENTQ_ALLOC',
    shown: ['viommu_id'],
    doc: 'Makes a queue of events of a vIOMMU, read through a file of its own.',
  },
  {
    ...{ name: 'IOMMU_HW_QUEUE_ALLOC', nr: 0x94, struct: 'hwQueueAlloc', handle: hwQueueAlloc },
    verb: 'HW_QUEUE_ALLOC',
    shown: ['viommu_id'],
    doc: 'Hands a queue of the hardware to a guest; its memory stays mapped.',
  },
]

const DEVICE: readonly Row[] = [
  {
    ...{ name: 'VFIO_DEVICE_BIND_IOMMUFD', nr: 118, struct: 'bind', handle: bindCall, verb: 'BIND' },
    doc: 'Binds the device to an address space file; its whole group reaches nothing until it attaches.',
  },
  {
    ...{
      name: 'VFIO_DEVICE_ATTACH_IOMMUFD_PT',
      nr: 119,
      struct: 'attach',
      handle: attachCall,
      verb: 'ATTACH',
    },
    shown: ['pt_id'],
    doc: 'Attaches the device, or moves it where it is attached, to an IOAS or a page table.',
  },
  {
    ...{
      name: 'VFIO_DEVICE_DETACH_IOMMUFD_PT',
      nr: 120,
      struct: 'detach',
      handle: detachCall,
      verb: 'DETACH',
    },
    doc: 'Detaches the device; nothing where it is not attached.',
  },
]

interface TestRow {
  readonly name: string
  /** Number of the test command. */
  readonly nr: number
  readonly fields: readonly string[]
  readonly lower: Lowering
  readonly doc: string
}

const testCommand = ({ name, nr, fields, lower, doc }: TestRow): Command => ({
  name,
  aliases: [],
  nr,
  file: 'context',
  argument: 'struct',
  bareField: null,
  fields: fields.map(fieldWord),
  doc,
  origin: 'proposal',
  label: { verb: name, fields: fields.slice(0, 1) },
  lower,
})

const PASID = ['stdev_id', 'pasid', 'pt_id'] as const
const RANGE = ['access_fd', 'iova', 'length', 'write'] as const

const TEST: readonly TestRow[] = [
  {
    ...{ name: 'TEST_ADD_RESERVED', nr: 1, fields: ['ioas_id', 'start', 'length'], lower: test.addReserved },
    doc: 'Reserves addresses of an IOAS for good.',
  },
  {
    ...{ name: 'TEST_MOCK_DOMAIN', nr: 2, fields: ['pt_id', 'dev_flags'], lower: test.mockDomain },
    doc: 'Makes a device of the test driver, binds and attaches it.',
  },
  {
    ...{ name: 'TEST_MD_CHECK_MAP', nr: 3, fields: ['hwpt_id', 'iova', 'length', 'uptr'] },
    lower: checks.checkMap,
    doc: 'Looks whether a table leads to the pages of the program, page by page.',
  },
  {
    ...{ name: 'TEST_MD_CHECK_REFS', nr: 4, fields: ['length', 'uptr', 'refs'], lower: checks.checkRefs },
    doc: 'Looks how often pages of the program are pinned.',
  },
  {
    ...{ name: 'TEST_CREATE_ACCESS', nr: 5, fields: ['ioas_id', 'flags'], lower: test.createAccessCall },
    doc: 'Makes an access, as a mediated driver has one, with a file of its own.',
  },
  {
    ...{ name: 'TEST_DESTROY_ACCESS_PAGES', nr: 6, fields: ['access_fd', 'access_pages_id'] },
    lower: test.destroyAccessPages,
    doc: 'Unpins what an access has pinned.',
  },
  {
    ...{ name: 'TEST_ACCESS_PAGES', nr: 7, fields: RANGE, lower: test.accessPages },
    doc: 'Pins pages through an access.',
  },
  {
    ...{ name: 'TEST_ACCESS_RW', nr: 8, fields: [...RANGE, 'uptr', 'flags'], lower: test.accessRw },
    doc: 'Copies bytes out of pages, or into them, through an access.',
  },
  {
    ...{ name: 'TEST_SET_TEMP_MEMORY_LIMIT', nr: 9, fields: ['limit'], lower: checks.memoryLimit },
    doc: 'Makes the kernel work in smaller pieces; no answer depends on it.',
  },
  {
    ...{ name: 'TEST_MOCK_DOMAIN_REPLACE', nr: 10, fields: ['stdev_id', 'pt_id'], lower: test.mockReplace },
    doc: 'Moves a test device to another table.',
  },
  {
    ...{
      name: 'TEST_ACCESS_REPLACE_IOAS',
      nr: 11,
      fields: ['access_fd', 'ioas_id'],
      lower: test.accessReplace,
    },
    doc: 'Moves an access to another IOAS.',
  },
  {
    ...{ name: 'TEST_DIRTY', nr: 13, fields: ['hwpt_id', 'iova', 'length', 'page_size', 'bitmap'] },
    lower: test.dirty,
    doc: 'Marks pages as written, as a device would.',
  },
  {
    ...{
      name: 'TEST_MD_CHECK_IOTLB',
      nr: 14,
      fields: ['hwpt_id', 'iotlb_id', 'iotlb'],
      lower: checks.checkIotlb,
    },
    doc: "Looks at a number that the test driver keeps for a user's table.",
  },
  {
    ...{ name: 'TEST_TRIGGER_IOPF', nr: 15, fields: ['dev_id', 'pasid', 'grpid', 'perm', 'addr'] },
    lower: test.triggerFault,
    doc: 'Makes a device ask for a page.',
  },
  {
    ...{
      name: 'TEST_DEV_CHECK_CACHE',
      nr: 16,
      fields: ['dev_id', 'cache_id', 'cache'],
      lower: checks.checkCache,
    },
    doc: 'Looks at a number that the test driver keeps for a device.',
  },
  {
    ...{ name: 'TEST_TRIGGER_VEVENT', nr: 17, fields: ['dev_id'], lower: test.triggerEvent },
    doc: 'Makes an event of a device inside its vIOMMU.',
  },
  {
    ...{ name: 'TEST_PASID_ATTACH', nr: 18, fields: PASID, lower: test.pasidAttach },
    doc: 'Attaches a PASID of a test device.',
  },
  {
    ...{ name: 'TEST_PASID_REPLACE', nr: 19, fields: PASID, lower: test.pasidReplace },
    doc: 'Moves a PASID of a test device to another table.',
  },
  {
    ...{ name: 'TEST_PASID_DETACH', nr: 20, fields: ['stdev_id', 'pasid'], lower: test.pasidDetach },
    doc: 'Detaches a PASID of a test device.',
  },
  {
    ...{
      name: 'TEST_PASID_CHECK_HWPT',
      nr: 21,
      fields: ['stdev_id', 'pasid', 'hwpt_id'],
      lower: test.pasidCheck,
    },
    doc: 'Looks which table a PASID of a test device uses.',
  },
]

export const COMMANDS: readonly Command[] = [
  ...CONTEXT.map(command('context')),
  ...DEVICE.map(command('device')),
  ...TEST.map(testCommand),
]

/** Which struct a command takes, for its card; the test hook's are not of the public interface. */
export const STRUCT_OF: ReadonlyMap<string, StructName> = new Map(
  [...CONTEXT, ...DEVICE].map(({ name, struct }) => [name, struct]),
)
