/**
 * Every call of /dev/iommu and what VFIO and KVM add for it: spellings, fields, aliases. The sample flows of the
 * proposal and the code series of September 2021 spell some of them another way; all are read.
 *
 * Source: rfc 3 and 10. `origin: 'ours'` marks calls whose idea is in the thread and whose name is not.
 */
import { bindBeside } from '../../kernel/files'
import type { Command } from '../contract'
import {
  attach,
  bindBy,
  checkKvm,
  detach,
  deviceSays,
  enableKvm,
  mapPasid,
  unmapPasid,
} from '../device-calls'
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
  invalidateCache,
  lookupIova,
  mapMemory,
  notModelled,
  setPrereg,
  unmapMemory,
} from '../space-calls'
import { EXTENSIONS } from './constants.data'
import * as lower from './lower'

const ATTACH_FLAG = field('flag', 'flags', 'IOASID_ATTACH_VPASID routes one PASID instead of the RID', [
  'flags',
])

const CONTEXT_COMMANDS: readonly Command[] = [
  command({
    name: 'IOMMU_CHECK_EXTENSION',
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
  command({
    ...onSpace,
    name: 'IOMMU_IOASID_FREE',
    nr: 3,
    doc: 'Frees an address space that has neither devices nor children.',
    label: label('FREE', 'ioasid'),
    lower: free,
  }),
  command({
    name: 'IOMMU_MAP_DMA',
    aliases: ['IOMMU_DMA_MAP'],
    nr: 4,
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA, VADDR, SIZE, FLAGS],
    doc: 'Maps a range, with the semantics of VFIO type1. A root with a device pins and charges.',
    label: label('MAP', 'ioasid', 'iova'),
    lower: mapMemory,
  }),
  command({
    name: 'IOMMU_UNMAP_DMA',
    aliases: ['IOMMU_DMA_UNMAP'],
    nr: 5,
    file: 'context',
    argument: 'struct',
    fields: [IOASID, IOVA, SIZE],
    doc: 'Unmaps; writes the bytes removed into size. What it may cover is the knob unmap.',
    label: label('UNMAP', 'ioasid', 'iova'),
    lower: unmapMemory,
  }),
  command({
    name: 'IOMMU_INVALIDATE_CACHE',
    nr: 6,
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
    doc: 'Drops cached translations of a space whose table the user writes: all, a range, of one device or PASID.',
    label: label('INVALIDATE', 'ioasid', 'iova'),
    lower: invalidateCache,
  }),
]

/** Ideas of the thread under names of ours (R30, R35, R36, R38, R39); v1's spelling is read too. */
const OUR_COMMANDS: readonly Command[] = [
  command({
    ...onSpace,
    name: 'IOMMU_IOASID_ENABLE',
    aliases: ['IOASID_ENABLE'],
    nr: 32,
    origin: 'ours',
    doc: 'Ends the attach phase of a space (activation=enable-call). Ours, not in the RFC.',
    label: label('ENABLE', 'ioasid'),
    lower: enable,
  }),
  command({
    ...onSpace,
    name: 'IOMMU_IOASID_SET_PREREG',
    aliases: ['IOASID_SET_PREREG'],
    nr: 33,
    origin: 'ours',
    doc: 'Marks an unused space as preregistration only. Ours, not in the RFC.',
    label: label('SET_PREREG', 'ioasid'),
    lower: setPrereg,
  }),
  command({
    name: 'IOMMU_IOASID_LOOKUP',
    aliases: ['IOASID_LOOKUP'],
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
    name: 'IOMMU_PAGE_RESPONSE',
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
  ...(['IOASID_SET_DIRTY', 'IOASID_GET_DIRTY'] as const).map((alias, at) =>
    command({
      name: alias.replace('IOASID', 'IOMMU_IOASID'),
      aliases: [alias],
      nr: 36 + at,
      origin: 'ours',
      file: 'context',
      argument: 'struct',
      fields: [
        IOASID,
        IOVA,
        SIZE,
        field('enable', 'number', '1 on, 0 off'),
        field('page_size', 'size', 'bytes per bit'),
      ],
      doc: 'Ours, not in the RFC. Not modelled yet.',
      label: label(alias.replace('IOASID_', ''), 'ioasid'),
      lower: notModelled,
    }),
  ),
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
    name: 'VFIO_ATTACH_IOASID',
    aliases: ['VFIO_DEVICE_ATTACH_IOASID'],
    nr: 23,
    file: 'device',
    argument: 'either',
    bareField: 'ioasid',
    fields: [IOASID, FD, ATTACH_FLAG, USER_PASID],
    doc: 'Routes the DMA of the device, by its RID or by one vPASID, into the space.',
    label: label('ATTACH', 'ioasid'),
    lower: attach,
  }),
  command({
    name: 'VFIO_DETACH_IOASID',
    aliases: ['VFIO_DEVICE_DETACH_IOASID'],
    nr: 24,
    file: 'device',
    argument: 'either',
    bareField: 'ioasid',
    fields: [IOASID, FD, ATTACH_FLAG, USER_PASID],
    doc: 'Takes the device off the space; the space above routes again, else its DMA is blocked.',
    label: label('DETACH', 'ioasid'),
    lower: detach,
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
  ...OUR_COMMANDS,
  ...DEVICE_COMMANDS,
  ...CAPABILITIES,
  ...KVM_COMMANDS,
]
