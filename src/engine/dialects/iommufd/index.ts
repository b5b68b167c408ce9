/**
 * /dev/iommu as Linux has it (iommufd), with VFIO's device files and the kernel's test hook.
 *
 * Not modelled: see `notModelled`, which the page shows too.
 */
import type { Dialect } from '../contract'
import { COMMANDS } from './commands.data'
import { CONSTANTS } from './constants.data'
import { CONTAINER_CALLS, CONTAINER_CONSTANTS } from './container.data'
import { DOCS } from './docs.data'
import { pollFile, readFile, writeFile } from './files'
import { INSTEAD } from './instead.data'
import { INTENTS } from './intents'

import { MATRIX } from './matrix.data'
import { FILE_DIAGRAM, OBJECT_WORDS } from './objects.data'

import { POINTEES } from './structs.data'

export const iommufd: Dialect = {
  id: 'iommufd',
  title: '/dev/iommu (Linux)',
  files: [
    { kind: 'context', path: '/dev/iommu', prefix: false },
    { kind: 'device', path: '/dev/vfio/devices/', prefix: true },
    { kind: 'context', path: '/dev/vfio/vfio', prefix: false },
    { kind: 'group', path: '/dev/vfio/', prefix: true },
    { kind: 'plain', path: '/dev/null', prefix: false },
    { kind: 'plain', path: '/init', prefix: false },
  ],
  commands: [...COMMANDS, ...CONTAINER_CALLS],
  constants: {
    ...CONSTANTS,
    ...Object.fromEntries(Object.entries(CONTAINER_CONSTANTS).map(([name, { value }]) => [name, value])),
  },
  tells: { paths: ['/dev/iommu'], commands: COMMANDS.map(command => command.name) },
  knobs: [],
  prelude: [
    { name: /^iommufd$|^iommu_?fd$/, lines: ['iommufd = open("/dev/iommu", O_RDWR);'] },
    {
      name: /^device_?fd$/,
      lines: [
        'device_fd = open("/dev/vfio/devices/dev1", O_RDWR);',
        'bind = { .iommufd = iommufd };',
        'ioctl(device_fd, VFIO_DEVICE_BIND_IOMMUFD, &bind);',
      ],
    },
  ],
  read: readFile,
  write: writeFile,
  poll: pollFile,
  intents: INTENTS,
  instead: INSTEAD,
  objects: {
    context: 'iommufd_ctx',
    space: 'iommufd_ioas',
    device: 'iommufd_device',
    types: OBJECT_WORDS,
    diagram: FILE_DIAGRAM,
  },
  errnos: {},
  docs: DOCS,
  matrix: MATRIX,
  pointees: POINTEES,
  notModelled: [
    'pages that a driver exports (dma-buf), and mmap of the file',
    'hardware queues beyond those of the test driver; Tegra types',
    'MSI pages mapped for Arm (sw_msi): their window is kept free; events of an SMMUv3 in a vEVENTQ',
    "stage 1 tables of the kernel on SMMUv3, and so PASIDs of the kernel's tables there",
  ],
}
