/**
 * /dev/iommu as proposed in July 2021 (RFC v2), with the spellings of the code series of September 2021.
 *
 * Not modelled: see `notModelled`, which the page shows too.
 */
import type { Dialect } from '../contract'
import { readFaults } from '../fault-calls'
import { FILES, NOT_MODELLED } from '../proposal-words.data'
import { CHECKS } from './checks.data'
import { COMMANDS } from './commands.data'
import { CONSTANTS } from './constants.data'
import { DOCS } from './docs.data'
import { INSTEAD } from './instead.data'
import { INTENTS } from './intents'
import { KNOBS } from './knobs.data'
import { MATRIX } from './matrix.data'

/** What the sections that begin "after boot" take for granted. */
const BEFORE_BOOT: readonly string[] = [
  'device_fd1 = open("/dev/vfio/devices/dev1", mode);',
  'device_fd2 = open("/dev/vfio/devices/dev2", mode);',
  'iommu_fd = open("/dev/iommu", mode);',
  'bind_data = { .fd = iommu_fd; .cookie = cookie1 };',
  'ioctl(device_fd1, VFIO_BIND_IOMMU_FD, &bind_data);',
  'bind_data = { .fd = iommu_fd; .cookie = cookie2 };',
  'ioctl(device_fd2, VFIO_BIND_IOMMU_FD, &bind_data);',
  'gpa_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC);',
  'at_data = { .fd = iommu_fd; .ioasid = gpa_ioasid };',
  'ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);',
  'ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);',
  'dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };',
  'ioctl(iommu_fd, IOMMU_MAP_DMA, &dma_map);',
]

const alloc = (name: string, attributes: string): string[] => [
  `alloc_data = { ${attributes} };`,
  `${name} = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, &alloc_data);`,
]

export const rfcV2: Dialect = {
  id: 'rfc-v2',
  title: '/dev/iommu (RFC v2)',
  files: [{ kind: 'context', path: '/dev/iommu', prefix: false }, ...FILES],
  commands: COMMANDS,
  constants: CONSTANTS,
  tells: {
    paths: ['/dev/iommu'],
    commands: COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]).filter(isTell),
  },
  knobs: KNOBS,
  prelude: [
    { name: /^iommu_?fd$/, lines: ['iommu_fd = open("/dev/iommu", mode);'] },
    {
      name: /^device_?fd$/,
      lines: [
        'device_fd = open("/dev/vfio/devices/dev1", mode);',
        'bind_data = { .fd = iommu_fd; .cookie = cookie };',
        'ioctl(device_fd, VFIO_BIND_IOMMU_FD, &bind_data);',
      ],
    },
    { name: /^gpa_ioasid$/, lines: BEFORE_BOOT },
    { name: /^giova_ioasid$/, lines: alloc('giova_ioasid', '.user_pgtable = false') },
    { name: /^gva_ioasid$/, lines: alloc('gva_ioasid', '.user_pgtable = false; .parent = gpa_ioasid') },
  ],
  read: readFaults,
  intents: INTENTS,
  instead: INSTEAD,
  objects: { context: 'iommu_ctx', space: 'ioasid_data', device: 'iommu_dev' },
  errnos: {},
  docs: DOCS,
  checks: CHECKS,
  matrix: MATRIX,
  notModelled: [...NOT_MODELLED, 'the contract by which KVM learns of DMA that does not snoop'],
}

/** Names that only this proposal has; the code series' bind and attach became mainline's. */
function isTell(name: string): boolean {
  return /^IOMMU_(IOASID|DEVICE|MAP_DMA|UNMAP_DMA|DMA|INVALIDATE|CHECK)|IOMMU_FD$|IOASID_FD$/.test(name)
}
