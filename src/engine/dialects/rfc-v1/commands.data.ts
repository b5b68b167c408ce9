/**
 * Every call of /dev/ioasid and what VFIO and KVM add for it: spellings, fields, aliases. The sample
 * flows of the proposal use other spellings than its definitions; both are read.
 *
 * Source: rfc 2 and 10. `origin: 'ours'` marks calls whose idea is in the thread and whose name is not.
 */
import { bindDevice } from '../../kernel/files'
import { command, field, label } from '../command-rows'
import type { Command } from '../contract'
import { bindBy } from '../device-calls'
import * as both from '../proposal-calls.data'
import { ADDR, ADDR_WIDTH, COOKIE, FD, FORMAT, IOASID, onSpace, SIZE, VADDR } from '../proposal-words.data'
import { EXTENSIONS } from './constants.data'
import * as lower from './lower'

const ATTACH_FLAG = 'IOASID_ATTACH_USER_PASID'

const CONTEXT_COMMANDS: readonly Command[] = [
  command({ ...both.checkExtensionOf(EXTENSIONS), name: 'IOASID_CHECK_EXTENSION', nr: 0 }),
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
  command({ ...both.FREE, name: 'IOASID_FREE', nr: 4 }),
  command({
    ...onSpace,
    name: 'IOASID_GET_INFO',
    nr: 5,
    doc: 'Tells what the space can do, once a device is attached.',
    label: label('INFO', 'ioasid'),
    lower: lower.getInfo,
  }),
  command({
    ...both.MAP,
    name: 'IOASID_MAP_DMA',
    aliases: ['IOASID_DMA_MAP'],
    nr: 6,
    doc: 'Maps a range, with the semantics of VFIO type1.',
  }),
  command({ ...both.UNMAP, name: 'IOASID_UNMAP_DMA', aliases: ['IOASID_DMA_UNMAP'], nr: 7 }),
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
    ...both.INVALIDATE_CACHE,
    name: 'IOASID_INVALIDATE_CACHE',
    nr: 13,
    doc: 'Drops cached translations of a space, all or a range.',
  }),
]

/** Ideas of the thread under names of ours (R30, R35, R36, R38, R39). */
const OUR_COMMANDS: readonly Command[] = [
  command({ ...both.ENABLE, name: 'IOASID_ENABLE' }),
  command({ ...both.SET_PREREG, name: 'IOASID_SET_PREREG' }),
  command({ ...both.LOOKUP, name: 'IOASID_LOOKUP' }),
  command({ ...both.PAGE_RESPONSE, name: 'IOASID_PAGE_RESPONSE' }),
  command({ ...both.SET_DIRTY, name: 'IOASID_SET_DIRTY' }),
  command({ ...both.GET_DIRTY, name: 'IOASID_GET_DIRTY' }),
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
    ...both.attachBy(ATTACH_FLAG),
    name: 'VFIO_ATTACH_IOASID',
    nr: 24,
    doc: 'Routes the DMA of the device, by its RID, into the space.',
  }),
  command({
    ...both.detachBy(ATTACH_FLAG),
    name: 'VFIO_DETACH_IOASID',
    nr: 25,
    doc: 'Takes the device off the space; the space above routes again.',
  }),
]

export const COMMANDS: readonly Command[] = [
  ...CONTEXT_COMMANDS,
  ...TABLE_COMMANDS,
  ...OUR_COMMANDS,
  ...DEVICE_COMMANDS,
  ...both.KVM_PASID_COMMANDS,
]
