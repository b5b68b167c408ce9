/**
 * Every call of a container, a group and its devices that is modelled: spellings, fields, flags.
 *
 * Source: iommufd facts 7; numbers are VFIO_BASE (100) and up. A bitmap's own struct is flattened: its members are
 * fields of the call.
 */
import { command, field, label } from '../command-rows'
import { ARGSZ, FLAGS, IOVA, SIZE } from '../container-words.data'
import type { Command } from '../contract'
import * as lower from './lower'

const PGSIZE = field('pgsize', 'size', 'bytes that a bit stands for: the smallest page')
const BITMAP_SIZE = field('bitmap_size', 'size', 'bytes of the bitmap, a multiple of 8')

const bare = { argument: 'value' } as const

const CONTAINER_COMMANDS: readonly Command[] = [
  command({
    name: 'VFIO_GET_API_VERSION',
    nr: 100,
    file: 'container',
    argument: 'none',
    fields: [],
    doc: 'Returns the version of the API, 0.',
    label: label('VERSION'),
    lower: lower.getApiVersion,
  }),
  command({
    ...bare,
    name: 'VFIO_CHECK_EXTENSION',
    nr: 101,
    file: 'container',
    bareField: 'extension',
    fields: [field('extension', 'extension', 'an IOMMU type or another extension', ['ext'])],
    doc: 'Returns 1 when the container has the extension, else 0.',
    label: label('CHECK', 'extension'),
    lower: lower.checkExtension,
  }),
  command({
    ...bare,
    name: 'VFIO_SET_IOMMU',
    nr: 102,
    file: 'container',
    bareField: 'iommu_type',
    fields: [field('iommu_type', 'number', 'VFIO_TYPE1_IOMMU or VFIO_TYPE1v2_IOMMU', ['type'])],
    doc: 'Gives the container a driver: one address space for all of its groups, which are attached.',
    label: label('SET_IOMMU', 'iommu_type'),
    lower: lower.setIommuType,
  }),
  command({
    name: 'VFIO_IOMMU_GET_INFO',
    nr: 112,
    file: 'container',
    argument: 'struct',
    fields: [ARGSZ],
    doc: 'Tells page sizes and, where argsz leaves room, the chain of capabilities.',
    label: label('INFO'),
    lower: lower.getInfo,
  }),
  command({
    name: 'VFIO_IOMMU_MAP_DMA',
    nr: 113,
    file: 'container',
    argument: 'struct',
    fields: [
      ARGSZ,
      FLAGS,
      field('vaddr', 'vaddr', 'first address of process memory that it maps to'),
      IOVA,
      SIZE,
      field('argp', 'number', 'where the struct lies, 0: nowhere; left out: in memory of the program', [
        'arg',
      ]),
    ],
    doc: 'Maps process memory, pinned and charged, for every group of the container.',
    label: label('MAP', 'iova'),
    lower: lower.mapDma,
  }),
  command({
    name: 'VFIO_IOMMU_UNMAP_DMA',
    nr: 114,
    file: 'container',
    argument: 'struct',
    fields: [ARGSZ, FLAGS, IOVA, SIZE, PGSIZE, BITMAP_SIZE],
    doc: 'Unmaps whole mappings; which ones a range means depends on the IOMMU type.',
    label: label('UNMAP', 'iova'),
    lower: lower.unmapDma,
  }),
  command({
    name: 'VFIO_IOMMU_DIRTY_PAGES',
    nr: 117,
    file: 'container',
    argument: 'struct',
    fields: [ARGSZ, FLAGS, IOVA, SIZE, PGSIZE, BITMAP_SIZE],
    doc: 'Starts or stops dirty page logging, or reads it as a bitmap.',
    label: label('DIRTY', 'flags'),
    lower: lower.dirtyPages,
  }),
]

const GROUP_COMMANDS: readonly Command[] = [
  command({
    name: 'VFIO_GROUP_GET_STATUS',
    nr: 103,
    file: 'group',
    argument: 'struct',
    fields: [ARGSZ],
    doc: 'Tells whether the group is viable and in a container.',
    label: label('STATUS'),
    lower: lower.getStatus,
  }),
  command({
    ...bare,
    name: 'VFIO_GROUP_SET_CONTAINER',
    nr: 104,
    file: 'group',
    bareField: 'container',
    fields: [field('container', 'context-fd', 'the container', ['container_fd'])],
    doc: "Puts the group into a container; its devices are no longer anybody else's.",
    label: label('JOIN', 'container'),
    lower: lower.joinGroup,
  }),
  command({
    name: 'VFIO_GROUP_UNSET_CONTAINER',
    nr: 105,
    file: 'group',
    argument: 'none',
    fields: [],
    doc: 'Takes the group out of its container.',
    label: label('LEAVE'),
    lower: lower.leaveGroup,
  }),
  command({
    ...bare,
    name: 'VFIO_GROUP_GET_DEVICE_FD',
    nr: 106,
    file: 'group',
    bareField: 'name',
    fields: [field('name', 'text', 'a device of the group, by name or PCI address')],
    doc: "Returns an fd of one of the group's devices.",
    label: label('DEVICE'),
    lower: lower.getDeviceFd,
  }),
]

export const COMMANDS: readonly Command[] = [...CONTAINER_COMMANDS, ...GROUP_COMMANDS]
