/**
 * Every call of /dev/ioasid and what VFIO and KVM add for it: spellings, fields, aliases. The sample
 * flows of the proposal use other spellings than its definitions; both are read.
 *
 * Source: rfc 2 and 10. `origin: 'ours'` marks calls whose idea is in the thread and whose name is not.
 */
import { bindDevice } from '../../kernel/files'
import type { Command } from '../contract'
import { attach, bindBy, detach, mapPasid, unmapPasid } from '../device-calls'
import { pageResponse } from '../fault-calls'
import {
  ADDR,
  ADDR_WIDTH,
  COOKIE,
  command,
  FD,
  FLAGS,
  FORMAT,
  field,
  IOASID,
  IOVA,
  label,
  onSpace,
  SIZE,
  USER_PASID,
  VADDR,
} from '../proposal-words.data'
import {
  checkExtension,
  enable,
  free,
  getDirty,
  invalidateCache,
  lookupIova,
  mapMemory,
  setDirty,
  setPrereg,
  unmapMemory,
} from '../space-calls'
import { EXTENSIONS } from './constants.data'
import * as lower from './lower'

const ATTACH_FLAG = field('flag', 'flags', 'IOASID_ATTACH_USER_PASID routes one PASID instead of the RID', [
  'flags',
])

const CONTEXT_COMMANDS: readonly Command[] = [
  command({
    name: 'IOASID_CHECK_EXTENSION',
    nr: 0,
    file: 'context',
    argument: 'either',
    bareField: 'extension',
    fields: [field('extension', 'extension', 'an EXT_ constant')],
    doc: 'Returns 1 when the file has the extension, else 0.',
    label: label('CHECK', 'extension'),
    lower: checkExtension(EXTENSIONS),
  }),
  command({
    name: 'IOASID_REGISTER_MEMORY',
    nr: 1,
    file: 'context',
    argument: 'struct',
    fields: [VADDR, SIZE],
    doc: 'Pins and charges a range of process memory once, ahead of any mapping.',
    label: label('REGISTER', 'size'),
    lower: lower.registerMemory,
  }),
  command({
    name: 'IOASID_UNREGISTER_MEMORY',
    nr: 2,
    file: 'context',
    argument: 'struct',
    fields: [VADDR, SIZE],
    doc: 'Takes exactly one registered range back; nothing may be mapped in it.',
    label: label('UNREGISTER', 'size'),
    lower: lower.unregisterMemory,
  }),
  command({
    name: 'IOASID_ALLOC',
    nr: 3,
    file: 'context',
    argument: 'either',
    bareField: 'type',
    fields: [field('type', 'number', 'IOMMU_IOASID_TYPE_*; ours, not in the RFC')],
    doc: 'Makes an address space and returns its number.',
    label: label('ALLOC'),
    lower: lower.alloc,
  }),
  command({
    ...onSpace,
    name: 'IOASID_FREE',
    nr: 4,
    doc: 'Frees an address space that has neither devices nor children.',
    label: label('FREE', 'ioasid'),
    lower: free,
  }),
  command({
    ...onSpace,
    name: 'IOASID_GET_INFO',
    nr: 5,
    doc: 'Tells what the space can do, once a device is attached.',
    label: label('INFO', 'ioasid'),
    lower: lower.getInfo,
  }),
  command({
    name: 'IOASID_MAP_DMA',
    aliases: ['IOASID_DMA_MAP'],
    nr: 6,
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA, VADDR, SIZE, FLAGS],
    doc: 'Maps a range, with the semantics of VFIO type1.',
    label: label('MAP', 'ioasid', 'iova'),
    lower: mapMemory,
  }),
  command({
    name: 'IOASID_UNMAP_DMA',
    aliases: ['IOASID_DMA_UNMAP'],
    nr: 7,
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA, SIZE],
    doc: 'Unmaps; writes the bytes removed into size. What it may cover is the knob unmap.',
    label: label('UNMAP', 'ioasid', 'iova'),
    lower: unmapMemory,
  }),
  command({
    name: 'IOASID_CREATE_NESTING',
    nr: 8,
    file: 'context',
    argument: 'either',
    bareField: 'ioasid',
    fields: [field('ioasid', 'ioasid', 'the parent', ['parent', 'parent_ioasid'])],
    doc: 'Makes a child whose output addresses are input addresses of the parent.',
    label: label('NEST', 'ioasid'),
    lower: lower.createNesting,
  }),
]

const TABLE_FIELDS = [IOASID, ADDR, FORMAT, ADDR_WIDTH]

const PASID_TABLE_FIELDS = [
  IOASID,
  field('addr', 'pasid-table-address', 'the PASID table, an address of the parent', ['address']),
  field('format', 'format', "the table's format; left out: the platform's"),
  field('addr_width', 'number', 'PASIDs that it covers, as bits; left out: as many as the device has'),
]

const TABLE_COMMANDS: readonly Command[] = [
  command({
    name: 'IOASID_BIND_PGTABLE',
    nr: 9,
    file: 'context',
    argument: 'struct',
    fields: TABLE_FIELDS,
    doc: 'Binds a page table that the user writes to a child; it is walked over the parent.',
    label: label('BIND_PGTABLE', 'ioasid'),
    lower: lower.bindPgtable,
  }),
  command({
    ...onSpace,
    name: 'IOASID_UNBIND_PGTABLE',
    nr: 10,
    doc: 'Takes the user table off; an empty kernel-managed one is there instead.',
    label: label('UNBIND_PGTABLE', 'ioasid'),
    lower: lower.unbindPgtable,
  }),
  command({
    name: 'IOASID_BIND_PASID_TABLE',
    nr: 11,
    file: 'context',
    argument: 'struct',
    fields: PASID_TABLE_FIELDS,
    doc: "Binds a PASID table of the guest, on platforms whose PASID table is the guest's.",
    label: label('BIND_PASID_TABLE', 'ioasid'),
    lower: lower.bindPasidTables,
  }),
  command({
    ...onSpace,
    name: 'IOASID_UNBIND_PASID_TABLE',
    nr: 12,
    doc: 'Takes the PASID table off.',
    label: label('UNBIND_PASID_TABLE', 'ioasid'),
    lower: lower.unbindPasidTables,
  }),
  command({
    name: 'IOASID_INVALIDATE_CACHE',
    nr: 13,
    file: 'context',
    argument: 'either',
    bareField: 'ioasid',
    fields: [
      IOASID,
      field('iova', 'iova', 'first address', ['addr']),
      field('size', 'size', 'bytes; left out: everything'),
      field('cache', 'number', 'IOMMU_CACHE_INV_TYPE_* bits; left out: every one'),
      COOKIE,
      USER_PASID,
    ],
    doc: 'Drops cached translations of a space, all or a range.',
    label: label('INVALIDATE', 'ioasid', 'iova'),
    lower: invalidateCache,
  }),
]

/** Ideas of the thread under names of ours (R30, R35, R36, R38, R39). */
const OUR_COMMANDS: readonly Command[] = [
  command({
    ...onSpace,
    name: 'IOASID_ENABLE',
    nr: 32,
    origin: 'ours',
    doc: 'Ends the attach phase of a space (activation=enable-call). Ours, not in the RFC.',
    label: label('ENABLE', 'ioasid'),
    lower: enable,
  }),
  command({
    ...onSpace,
    name: 'IOASID_SET_PREREG',
    nr: 33,
    origin: 'ours',
    doc: 'Marks an unused space as preregistration only. Ours, not in the RFC.',
    label: label('SET_PREREG', 'ioasid'),
    lower: setPrereg,
  }),
  command({
    name: 'IOASID_LOOKUP',
    nr: 34,
    origin: 'ours',
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA],
    doc: 'Translates one IOVA for debugging (lookup=yes). Ours, not in the RFC.',
    label: label('LOOKUP', 'ioasid', 'iova'),
    lower: lookupIova,
  }),
  command({
    name: 'IOASID_PAGE_RESPONSE',
    nr: 35,
    origin: 'ours',
    file: 'context',
    argument: 'struct',
    fields: [
      IOASID,
      field('addr', 'iova', 'the address of the report', ['iova', 'address']),
      field('code', 'number', 'IOASID_PAGE_RESP_*'),
      COOKIE,
      USER_PASID,
    ],
    doc: 'Answers a page fault that was read from the file. Ours, not in the RFC.',
    label: label('PAGE_RESPONSE', 'ioasid', 'addr'),
    lower: pageResponse,
  }),
  command({
    name: 'IOASID_SET_DIRTY',
    nr: 36,
    origin: 'ours',
    file: 'context',
    argument: 'struct',
    fields: [IOASID, field('enable', 'number', '1 on, 0 off')],
    doc: 'Switches dirty tracking of a space on, with every page clean, or off. Ours, not in the RFC.',
    label: label('SET_DIRTY', 'ioasid'),
    lower: setDirty,
  }),
  command({
    name: 'IOASID_GET_DIRTY',
    nr: 37,
    origin: 'ours',
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA, SIZE, field('page_size', 'size', 'bytes per bit; left out: 4 KiB')],
    doc: 'Tells which pages devices wrote since it was last asked, and cleans them. Ours, not in the RFC.',
    label: label('GET_DIRTY', 'ioasid', 'iova'),
    lower: getDirty,
  }),
]

const DEVICE_COMMANDS: readonly Command[] = [
  command({
    name: 'VFIO_BIND_IOASID_FD',
    aliases: ['VFIO_BIND_IOMMU_FD'],
    nr: 22,
    file: 'device',
    argument: 'either',
    bareField: 'fd',
    fields: [FD, COOKIE],
    doc: 'Binds the device to an address space file; one file a device.',
    label: label('BIND'),
    lower: bindBy(bindDevice),
  }),
  command({
    name: 'VFIO_UNBIND_IOASID_FD',
    aliases: ['VFIO_UNBIND_IOMMU_FD'],
    nr: 23,
    file: 'device',
    argument: 'either',
    bareField: 'fd',
    fields: [FD],
    doc: 'Unbinds a device that is attached to nothing.',
    label: label('UNBIND'),
    lower: lower.unbind,
  }),
  command({
    name: 'VFIO_ATTACH_IOASID',
    nr: 24,
    file: 'device',
    argument: 'either',
    bareField: 'ioasid',
    fields: [IOASID, FD, ATTACH_FLAG, USER_PASID],
    doc: 'Routes the DMA of the device, by its RID, into the space.',
    label: label('ATTACH', 'ioasid'),
    lower: attach,
  }),
  command({
    name: 'VFIO_DETACH_IOASID',
    nr: 25,
    file: 'device',
    argument: 'either',
    bareField: 'ioasid',
    fields: [IOASID, FD, ATTACH_FLAG, USER_PASID],
    doc: 'Takes the device off the space; the space above routes again.',
    label: label('DETACH', 'ioasid'),
    lower: detach,
  }),
]

const KVM_COMMANDS: readonly Command[] = [0, 1].map(at =>
  command({
    name: at === 0 ? 'KVM_MAP_PASID' : 'KVM_UNMAP_PASID',
    nr: 0xf0 + at,
    file: 'kvm',
    argument: 'struct',
    fields: [field('ioasid_fd', 'context-fd', 'the address space file', ['iommu_fd']), IOASID, USER_PASID],
    doc: 'The translation of PASIDs by the processor, for ENQCMD.',
    label: label(at === 0 ? 'MAP_PASID' : 'UNMAP_PASID', 'user_pasid'),
    lower: at === 0 ? mapPasid : unmapPasid,
  }),
)

export const COMMANDS: readonly Command[] = [
  ...CONTEXT_COMMANDS,
  ...TABLE_COMMANDS,
  ...OUR_COMMANDS,
  ...DEVICE_COMMANDS,
  ...KVM_COMMANDS,
]
