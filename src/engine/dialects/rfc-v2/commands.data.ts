/**
 * Every call of /dev/iommu and what VFIO and KVM add for it: spellings, fields, aliases. The sample flows of the
 * proposal and the code series of September 2021 spell some of them another way; all are read.
 *
 * Source: rfc 3 and 10. `origin: 'ours'` marks calls whose idea is in the thread and whose name is not.
 */
import { bindBeside } from '../../kernel/files'
import { command, field, label } from '../command-rows'
import type { Command } from '../contract'
import { bindBy, checkKvm, deviceSays, enableKvm } from '../device-calls'
import * as both from '../proposal-calls.data'
import { ADDR, ADDR_WIDTH, COOKIE, FD, FORMAT } from '../proposal-words.data'
import { EXTENSIONS } from './constants.data'
import * as lower from './lower'

const ATTACH_FLAG = 'IOASID_ATTACH_VPASID'

const CONTEXT_COMMANDS: readonly Command[] = [
  command({ ...both.checkExtensionOf(EXTENSIONS), name: 'IOMMU_CHECK_EXTENSION', nr: 0 }),
  command({
    name: 'IOMMU_DEVICE_GET_INFO',
    nr: 1,
    file: 'context',
    argument: 'either',
    bareField: 'cookie',
    fields: [COOKIE],
    doc: 'Tells what the IOMMU can do for a bound device, before anything is allocated for it.',
    label: label('INFO', 'cookie'),
    lower: lower.getDeviceInfo,
  }),
  command({
    name: 'IOMMU_IOASID_ALLOC',
    nr: 2,
    file: 'context',
    argument: 'either',
    bareField: 'type',
    fields: [
      field('user_pgtable', 'number', 'true: the user writes the page table, at addr'),
      field('user_pasid_table', 'number', 'true: the user writes the PASID table, at addr'),
      field('parent', 'ioasid', 'the space that output addresses belong to; left out: a root', [
        'parent_ioasid',
      ]),
      ADDR,
      FORMAT,
      ADDR_WIDTH,
      field('enforce_snoop', 'number', 'off, on, or auto: on where the IOMMU can; left out: off'),
      field('type', 'number', 'IOMMU_IOASID_TYPE_*; all but KERNEL are ours, not in the RFC'),
      field('flags', 'flags', 'IOMMU_IOASID_ENFORCE_SNOOP', ['flag']),
    ],
    doc: 'Makes an address space with all its attributes and returns its number.',
    label: label('ALLOC'),
    lower: lower.alloc,
  }),
  command({ ...both.FREE, name: 'IOMMU_IOASID_FREE', nr: 3 }),
  command({
    ...both.MAP,
    name: 'IOMMU_MAP_DMA',
    aliases: ['IOMMU_DMA_MAP'],
    nr: 4,
    doc: 'Maps a range, with the semantics of VFIO type1. A root with a device pins and charges.',
  }),
  command({ ...both.UNMAP, name: 'IOMMU_UNMAP_DMA', aliases: ['IOMMU_DMA_UNMAP'], nr: 5 }),
  command({
    ...both.INVALIDATE_CACHE,
    name: 'IOMMU_INVALIDATE_CACHE',
    nr: 6,
    doc: 'Drops cached translations of a space whose table the user writes: all, a range, of one device or PASID.',
  }),
]

/** Ideas of the thread under names of ours (R30, R35, R36, R38, R39); v1's spelling is read too. */
const OUR_COMMANDS: readonly Command[] = [
  command({ ...both.ENABLE, name: 'IOMMU_IOASID_ENABLE', aliases: ['IOASID_ENABLE'] }),
  command({ ...both.SET_PREREG, name: 'IOMMU_IOASID_SET_PREREG', aliases: ['IOASID_SET_PREREG'] }),
  command({ ...both.LOOKUP, name: 'IOMMU_IOASID_LOOKUP', aliases: ['IOASID_LOOKUP'] }),
  command({ ...both.PAGE_RESPONSE, name: 'IOMMU_PAGE_RESPONSE' }),
  command({ ...both.SET_DIRTY, name: 'IOMMU_IOASID_SET_DIRTY', aliases: ['IOASID_SET_DIRTY'] }),
  command({ ...both.GET_DIRTY, name: 'IOMMU_IOASID_GET_DIRTY', aliases: ['IOASID_GET_DIRTY'] }),
]

const DEVICE_COMMANDS: readonly Command[] = [
  command({
    name: 'VFIO_BIND_IOMMU_FD',
    aliases: ['VFIO_BIND_IOASID_FD', 'VFIO_DEVICE_BIND_IOMMUFD', 'VFIO_DEVICE_BIND_IOMMU_FD'],
    nr: 22,
    file: 'device',
    argument: 'either',
    bareField: 'fd',
    fields: [FD, COOKIE],
    doc: 'Binds the device to an address space file under a number of the user; several files are allowed.',
    label: label('BIND', 'cookie'),
    lower: bindBy(bindBeside),
  }),
  command({
    name: 'VFIO_DEVICE_GET_INFO',
    nr: 7,
    file: 'device',
    argument: 'struct',
    fields: [],
    doc: 'Tells how the PASIDs of a bound device are virtualized, and whether it can do DMA that does not snoop.',
    label: label('DEVICE_INFO'),
    lower: deviceSays,
  }),
  command({
    ...both.attachBy(ATTACH_FLAG),
    name: 'VFIO_ATTACH_IOASID',
    aliases: ['VFIO_DEVICE_ATTACH_IOASID'],
    nr: 23,
    doc: 'Routes the DMA of the device, by its RID or by one vPASID, into the space.',
  }),
  command({
    ...both.detachBy(ATTACH_FLAG),
    name: 'VFIO_DETACH_IOASID',
    aliases: ['VFIO_DEVICE_DETACH_IOASID'],
    nr: 24,
    doc: 'Takes the device off the space; the space above routes again, else its DMA is blocked.',
  }),
]

const CAPABILITIES: readonly Command[] = [
  command({
    name: 'KVM_CHECK_EXTENSION',
    nr: 0x03,
    file: 'kvm',
    argument: 'either',
    bareField: 'cap',
    fields: [field('cap', 'extension', 'KVM_CAP_PASID_TRANSLATION')],
    doc: 'Returns 1 where KVM has the capability, else 0.',
    label: label('CHECK', 'cap'),
    lower: checkKvm,
  }),
  command({
    name: 'KVM_ENABLE_CAP',
    nr: 0xa3,
    file: 'kvm',
    argument: 'either',
    bareField: 'cap',
    fields: [field('cap', 'extension', 'KVM_CAP_PASID_TRANSLATION')],
    doc: 'Makes the processor translate PASIDs for the virtual machine; portals of type 8 open.',
    label: label('ENABLE', 'cap'),
    lower: enableKvm,
  }),
]

export const COMMANDS: readonly Command[] = [
  ...CONTEXT_COMMANDS,
  ...OUR_COMMANDS,
  ...DEVICE_COMMANDS,
  ...CAPABILITIES,
  ...both.KVM_PASID_COMMANDS,
]
