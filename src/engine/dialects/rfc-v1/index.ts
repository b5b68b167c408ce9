/**
 * /dev/ioasid as proposed in May 2021 (RFC v1).
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
  'ioasid_fd = open("/dev/ioasid", mode);',
  'ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);',
  'ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);',
  'gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);',
  'at_data = { .ioasid = gpa_ioasid };',
  'ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);',
  'ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);',
  'dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };',
  'ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);',
]

export const rfcV1: Dialect = {
  id: 'rfc-v1',
  title: '/dev/ioasid (RFC v1)',
  files: [{ kind: 'context', path: '/dev/ioasid', prefix: false }, ...FILES],
  commands: COMMANDS,
  constants: CONSTANTS,
  tells: { paths: ['/dev/ioasid'], commands: COMMANDS.map(command => command.name).filter(isTell) },
  knobs: KNOBS,
  prelude: [
    { name: /^ioasid_?fd$/, lines: ['ioasid_fd = open("/dev/ioasid", mode);'] },
    {
      name: /^device_?fd$/,
      lines: [
        'device_fd = open("/dev/vfio/devices/dev1", mode);',
        'ioctl(device_fd, VFIO_BIND_IOASID_FD, ioasid_fd);',
      ],
    },
    { name: /^gpa_ioasid$/, lines: BEFORE_BOOT },
    { name: /^giova_ioasid$/, lines: ['giova_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);'] },
    { name: /^gva_ioasid$/, lines: ['gva_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);'] },
  ],
  read: readFaults,
  intents: INTENTS,
  instead: INSTEAD,
  objects: { context: 'ioasid_ctx', space: 'ioasid_data', device: 'ioasid_dev' },
  errnos: {},
  docs: DOCS,
  checks: CHECKS,
  matrix: MATRIX,
  notModelled: NOT_MODELLED,
}

/** Names that only this proposal has; VFIO's attach is spelled the same in the next one. */
function isTell(name: string): boolean {
  return name.startsWith('IOASID_') || name.includes('IOASID_FD')
}
