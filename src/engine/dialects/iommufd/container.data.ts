/**
 * The calls of a VFIO container and of groups that an address space file takes in place of one, and their docs.
 *
 * Source: iommufd facts 2.22, 7. Numbers are VFIO_BASE (100) and up.
 */
import type { FieldWord } from '../../flow/vocabulary'
import { command, field } from '../command-rows'
import { ARGSZ, FLAGS, IOVA, SIZE } from '../container-words.data'
import type { Command, CommandDocs } from '../contract'
import { LAYOUTS } from '../vfio-layouts.data'
import * as lower from './lower-container'

const ARGP = field('argp', 'number', 'where the struct lies; left out: in memory of the program', ['arg'])

interface Row {
  readonly name: string
  readonly nr: number
  readonly file: 'context' | 'group' | 'device'
  readonly verb: string
  readonly fields: readonly FieldWord[]
  /** What a bare number stands for; left out: the call takes a struct, or nothing. */
  readonly bare?: string
  readonly doc: string
  readonly lower: Command['lower']
  readonly rules: readonly string[]
  readonly returns?: string
  readonly writes?: CommandDocs['writes']
}

const ATTACH = ['ioas.*', 'bind.*', 'attach.*'] as const

const ROWS: readonly Row[] = [
  {
    ...{ name: 'VFIO_GET_API_VERSION', nr: 100, file: 'context', verb: 'VERSION', fields: [] },
    doc: 'Returns the version of the container API, 0.',
    lower: lower.getApiVersion,
    rules: [],
  },
  {
    ...{ name: 'VFIO_CHECK_EXTENSION', nr: 101, file: 'context', verb: 'CHECK', bare: 'extension' },
    fields: [field('extension', 'extension', 'an IOMMU type or another extension', ['ext'])],
    doc: 'Returns 1 when the container that this file stands for has the extension, else 0.',
    lower: lower.checkExtension,
    rules: ['ioas.no-compat'],
    returns: '1 or 0',
  },
  {
    ...{ name: 'VFIO_SET_IOMMU', nr: 102, file: 'context', verb: 'SET_IOMMU', bare: 'iommu_type' },
    fields: [field('iommu_type', 'number', 'VFIO_TYPE1_IOMMU or VFIO_TYPE1v2_IOMMU', ['type'])],
    doc: 'The first type switches large pages off, so that areas can be cut; the second changes nothing.',
    lower: lower.setIommu,
    rules: ['compat.iommu-type', 'ioas.no-compat', 'ioas.huge-in-use', 'ioas.align-area'],
  },
  {
    ...{ name: 'VFIO_IOMMU_GET_INFO', nr: 112, file: 'context', verb: 'INFO', fields: [ARGSZ] },
    doc: 'Tells page sizes and, where argsz leaves room, the chain of capabilities.',
    lower: lower.getInfo,
    rules: ['type1.argsz', 'ioas.no-compat'],
    writes: [
      { name: 'flags', type: '__u32', doc: '1 page sizes, 2 capabilities' },
      { name: 'argsz', type: '__u32', doc: 'the bytes that all capabilities need' },
      { name: 'iova_pgsizes', type: '__u64', doc: 'a mask: bit n for pages of 2^n bytes' },
      { name: 'cap_offset', type: '__u32', doc: 'where the chain starts; 0 where it did not fit' },
      { name: 'caps', type: 'list', doc: 'the chain: mappings left, IOVA ranges' },
    ],
  },
  {
    ...{ name: 'VFIO_IOMMU_MAP_DMA', nr: 113, file: 'context', verb: 'MAP' },
    fields: [ARGSZ, FLAGS, field('vaddr', 'vaddr', 'first byte of process memory'), IOVA, SIZE, ARGP],
    doc: 'Maps at a fixed address of the IOAS that stands for the container; without any right, too.',
    lower: lower.mapDma,
    rules: ['type1.argument', 'type1.argsz', 'type1.flags', 'ioas.*', 'pages.*', 'map.*', 'alloc.no-space'],
  },
  {
    ...{ name: 'VFIO_IOMMU_UNMAP_DMA', nr: 114, file: 'context', verb: 'UNMAP' },
    fields: [ARGSZ, FLAGS, IOVA, SIZE, ARGP],
    doc: 'Unmaps whole areas; under the first type areas are cut at both ends of the range before.',
    lower: lower.unmapDma,
    rules: ['type1.argument', 'type1.argsz', 'type1.flags', 'type1.all', 'ioas.*', 'compat.*'],
    writes: [{ name: 'size', type: '__u64', doc: 'bytes removed, also where the call fails' }],
  },
  {
    ...{ name: 'VFIO_DEVICE_GET_INFO', nr: 107, file: 'device', verb: 'INFO', fields: [ARGSZ] },
    doc: 'Tells how many regions and interrupts a bound device has; only that it has to be bound is modelled.',
    lower: lower.deviceInfo,
    rules: ['bind.before', 'not-modelled-yet'],
  },
  {
    ...{ name: 'VFIO_GROUP_GET_STATUS', nr: 103, file: 'group', verb: 'STATUS', fields: [ARGSZ] },
    doc: 'Tells whether the group is viable and in a container.',
    lower: lower.getStatus,
    rules: [],
    writes: [{ name: 'flags', type: '__u32', doc: '1 viable, 2 in a container' }],
  },
  {
    ...{ name: 'VFIO_GROUP_SET_CONTAINER', nr: 104, file: 'group', verb: 'JOIN', bare: 'container' },
    fields: [field('container', 'context-fd', 'the address space file', ['container_fd'])],
    doc: 'Puts the group into what stands for a container; an IOAS is made where none does yet.',
    lower: lower.joinGroup,
    rules: ['fd.bad', 'vfio-group.container-set', 'container.bad-file'],
  },
  {
    ...{ name: 'VFIO_GROUP_UNSET_CONTAINER', nr: 105, file: 'group', verb: 'LEAVE', fields: [] },
    doc: 'Takes the group out; devices that are open stay attached.',
    lower: lower.leaveGroup,
    rules: ['vfio-group.no-container'],
  },
  {
    ...{ name: 'VFIO_GROUP_GET_DEVICE_FD', nr: 106, file: 'group', verb: 'DEVICE', bare: 'name' },
    fields: [field('name', 'text', 'a device of the group, by name or PCI address')],
    doc: 'Returns an fd of one of the devices, which is bound and attached by its first open.',
    lower: lower.getDeviceFd,
    rules: ['vfio-group.no-device', 'vfio-group.no-container', 'open.too-many', ...ATTACH, 'alloc.no-space'],
    returns: 'a new fd',
  },
]

export const CONTAINER_CALLS: readonly Command[] = ROWS.map(
  ({ name, nr, file, verb, fields, bare, doc, lower: lowering }) =>
    command({
      ...{ name, nr, file, fields, doc, lower: lowering },
      argument: bare !== undefined ? 'value' : fields.length > 0 ? 'struct' : 'none',
      bareField: bare ?? null,
      label: {
        verb,
        fields: bare === undefined ? fields.filter(one => one === IOVA).map(one => one.name) : [bare],
      },
    }),
)

export const CONTAINER_DOCS: Readonly<Record<string, CommandDocs>> = Object.fromEntries(
  ROWS.map(({ name, rules, returns = '0', writes = [] }) => [
    name,
    { source: 'iommufd 2.22', returns, writes, rules, layout: LAYOUTS[name] ?? null },
  ]),
)

export const CONTAINER_CONSTANTS = {
  VFIO_TYPE1_IOMMU: { value: 1n, doc: 'the first generation: an unmap cuts areas' },
  VFIO_DMA_CC_IOMMU: { value: 4n, doc: 'every table enforces coherency with caches' },
  VFIO_TYPE1v2_IOMMU: { value: 3n, doc: 'the second generation: an unmap takes whole areas only' },
  VFIO_NOIOMMU_IOMMU: { value: 8n, doc: 'the kernel was built with no-IOMMU mode; not modelled' },
  VFIO_UNMAP_ALL: { value: 9n, doc: 'an unmap can ask for everything' },
  VFIO_DMA_MAP_FLAG_READ: { value: 1n, doc: 'the device may read' },
  VFIO_DMA_MAP_FLAG_WRITE: { value: 2n, doc: 'the device may write' },
  VFIO_DMA_UNMAP_FLAG_ALL: { value: 2n, doc: 'everything; iova and size are 0' },
} as const
