/**
 * What the cards of these words tell: where each call is from, what it gives back, which rules it may break.
 *
 * Source: iommufd facts 7.
 */
import type { CommandDocs, DialectDocs } from '../contract'
import { LAYOUTS } from '../vfio-layouts.data'

const docs = (
  name: string,
  row: Partial<CommandDocs> & Pick<CommandDocs, 'source' | 'returns' | 'rules'>,
): readonly [string, CommandDocs] => [name, { writes: [], layout: LAYOUTS[name] ?? null, ...row }]

const BYTES = ['type1.argsz', 'type1.flags', 'type1.size-zero', 'type1.wrap', 'type1.align'] as const
const ATTACH = ['attach.stranded-area', 'alloc.no-space', 'container.no-vaddr', 'map.memlock'] as const
const BITMAP = {
  name: 'bitmap',
  type: 'bytes',
  doc: 'bit i, from the lowest of the first byte, is page i: 1 where it may be dirty',
} as const

const COMMANDS: Readonly<Record<string, CommandDocs>> = Object.fromEntries([
  docs('VFIO_GET_API_VERSION', { source: 'type1 7.1', returns: '0', rules: [] }),
  docs('VFIO_CHECK_EXTENSION', {
    source: 'type1 7.1',
    returns: '1 where the container has it, else 0',
    rules: [],
  }),
  docs('VFIO_SET_IOMMU', {
    source: 'type1 7.1, 7.4',
    returns: '0',
    rules: ['container.no-groups', 'container.iommu-set', 'container.iommu-type', ...ATTACH],
  }),
  docs('VFIO_IOMMU_GET_INFO', {
    source: 'type1 7.4',
    returns: '0',
    rules: ['container.no-iommu', 'type1.argsz'],
    writes: [
      { name: 'flags', type: '__u32', doc: '1 page sizes, 2 capabilities' },
      { name: 'argsz', type: '__u32', doc: 'the bytes that all capabilities need, where they did not fit' },
      { name: 'iova_pgsizes', type: '__u64', doc: 'a mask: bit n for pages of 2^n bytes' },
      {
        name: 'cap_offset',
        type: '__u32',
        doc: 'where the chain of capabilities starts; 0 where it did not fit',
      },
      { name: 'caps', type: 'list', doc: 'the chain: migration, mappings left, IOVA ranges' },
    ],
  }),
  docs('VFIO_IOMMU_MAP_DMA', {
    source: 'type1 7.2',
    returns: '0',
    rules: [
      'container.no-iommu',
      'type1.argument',
      ...BYTES,
      'type1.direction',
      'type1.no-mapping',
      'type1.vaddr-valid',
      'type1.vaddr-exact',
      'type1.overlap',
      'type1.entries',
      'type1.outside',
      'map.fault',
      'map.read-only',
      'map.memlock',
      'alloc.no-space',
    ],
  }),
  docs('VFIO_IOMMU_UNMAP_DMA', {
    source: 'type1 7.3',
    returns: '0',
    rules: [
      'container.no-iommu',
      'type1.argument',
      ...BYTES,
      'type1.all',
      'type1.bisect',
      'type1.vaddr-gone',
      'type1.dirty-bitmap',
      'type1.dirty-off',
      'type1.dirty-page',
      'not-modelled-yet',
    ],
    writes: [{ name: 'size', type: '__u64', doc: 'bytes of the mappings removed' }, BITMAP],
  }),
  docs('VFIO_IOMMU_DIRTY_PAGES', {
    source: 'type1 7.3, 7.4',
    returns: '0',
    rules: [
      'container.no-iommu',
      'type1.argsz',
      'type1.flags',
      'type1.align',
      'type1.bisect',
      'type1.dirty-v1',
      'type1.dirty-off',
      'type1.dirty-wrap',
      'type1.dirty-page',
      'type1.dirty-bitmap',
      'not-modelled-yet',
    ],
    writes: [BITMAP],
  }),
  docs('VFIO_GROUP_GET_STATUS', {
    source: 'type1 7.1',
    returns: '0',
    rules: [],
    writes: [{ name: 'flags', type: '__u32', doc: '1 viable, 2 in a container' }],
  }),
  docs('VFIO_GROUP_SET_CONTAINER', {
    source: 'type1 7.1, 7.4',
    returns: '0',
    rules: [
      'fd.bad',
      'vfio-group.container-set',
      'container.bad-file',
      'bind.taken',
      'not-modelled-yet',
      ...ATTACH,
    ],
  }),
  docs('VFIO_GROUP_UNSET_CONTAINER', {
    source: 'type1 7.1',
    returns: '0',
    rules: ['vfio-group.no-container', 'vfio-group.devices-open'],
  }),
  docs('VFIO_GROUP_GET_DEVICE_FD', {
    source: 'type1 7.1',
    returns: 'a new fd',
    rules: ['vfio-group.no-device', 'vfio-group.no-container', 'container.no-iommu', 'open.too-many'],
  }),
])

export const DOCS: DialectDocs = {
  mails: {},
  anyCall: ['fd.bad', 'fd.wrong-command'],
  commands: COMMANDS,
  constants: {
    VFIO_API_VERSION: 'what VFIO_GET_API_VERSION returns',
    VFIO_TYPE1_IOMMU: 'the first type1 driver: an unmap takes every mapping that starts in its range whole',
    VFIO_SPAPR_TCE_IOMMU: 'the driver of PAPR machines; not modelled',
    VFIO_TYPE1v2_IOMMU: 'the second: an unmap that would cut a mapping is refused',
    VFIO_DMA_CC_IOMMU: "every group's DMA is coherent with the processor's caches",
    VFIO_EEH: 'error handling of PAPR machines; not modelled',
    VFIO_TYPE1_NESTING_IOMMU: 'two-stage translation, given up before anybody used it',
    VFIO_SPAPR_TCE_v2_IOMMU: 'the second driver of PAPR machines; not modelled',
    VFIO_NOIOMMU_IOMMU: 'no IOMMU at all; not modelled',
    VFIO_UNMAP_ALL: 'an unmap can ask for everything',
    VFIO_UPDATE_VADDR: 'a mapping can change its vaddr',
    VFIO_GROUP_FLAGS_VIABLE: "every device of the group is the user's to have",
    VFIO_GROUP_FLAGS_CONTAINER_SET: 'the group is in a container',
    VFIO_DMA_MAP_FLAG_READ: 'the device may read',
    VFIO_DMA_MAP_FLAG_WRITE: 'the device may write',
    VFIO_DMA_MAP_FLAG_VADDR: 'gives a mapping that lost its vaddr a new one',
    VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP: 'the dirty bits of what is unmapped',
    VFIO_DMA_UNMAP_FLAG_ALL: 'everything; iova and size are 0',
    VFIO_DMA_UNMAP_FLAG_VADDR: 'takes the vaddr away and unmaps nothing',
    VFIO_IOMMU_DIRTY_PAGES_FLAG_START: 'logging on',
    VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP: 'logging off',
    VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP: 'reads the bits of a range',
    VFIO_IOMMU_INFO_PGSIZES: 'iova_pgsizes is told',
    VFIO_IOMMU_INFO_CAPS: 'there is a chain of capabilities',
  },
  files: {
    '/dev/vfio/vfio': "A container: an IOMMU's address space for the groups that are put into it.",
    '/dev/vfio/': 'A group: devices that the platform cannot isolate from each other, /dev/vfio/N.',
  },
}
