/**
 * VFIO containers and groups with the type1 drivers: what the proposals set out to replace.
 *
 * Verified against a Linux kernel by replaying its recorded answers (engine/replay). Not modelled: see `notModelled`.
 */
import type { Dialect } from '../contract'
import { CHECKS } from './checks.data'
import { COMMANDS } from './commands.data'
import { CONSTANTS } from './constants.data'
import { DOCS } from './docs.data'
import { INTENTS } from './intents'
import { MATRIX } from './matrix.data'

const CONTAINER = 'container = open("/dev/vfio/vfio", O_RDWR);'
const GROUP = 'group = open("/dev/vfio/1", O_RDWR);'

export const vfioType1: Dialect = {
  id: 'vfio-type1',
  title: 'VFIO container (type1)',
  files: [
    { kind: 'container', path: '/dev/vfio/vfio', prefix: false },
    { kind: 'group', path: '/dev/vfio/', prefix: true },
  ],
  commands: COMMANDS,
  constants: CONSTANTS,
  tells: {
    paths: ['/dev/vfio/vfio'],
    commands: COMMANDS.map(command => command.name).filter(name =>
      /^VFIO_(GROUP|IOMMU|SET_IOMMU)/.test(name),
    ),
  },
  knobs: [],
  prelude: [
    { name: /^container(_?fd)?$/, lines: [CONTAINER] },
    {
      name: /^group(_?fd)?$/,
      lines: [
        CONTAINER,
        GROUP,
        'ioctl(group, VFIO_GROUP_SET_CONTAINER, container);',
        'ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);',
      ],
    },
  ],
  read: null,
  intents: INTENTS,
  objects: { context: 'vfio_container', space: 'vfio_iommu', device: 'vfio_device' },
  errnos: {},
  docs: DOCS,
  checks: CHECKS,
  matrix: MATRIX,
  notModelled: [
    'regions, interrupts and reset of a device: VFIO_DEVICE_* on its file',
    'mediated devices in a container',
    'mappings of device memory (peer-to-peer)',
    'no-IOMMU mode, and the drivers of PAPR machines',
  ],
}
