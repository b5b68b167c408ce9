/**
 * The argued choices as knobs, with v1's value first where the proposal made one. Who argued for what
 * is told in our words; the mails are those of May and June 2021 on /dev/ioasid.
 *
 * Only knobs this dialect obeys today are listed; the ones about PASID tables come with those.
 */
import type { KnobWord } from '../../flow/vocabulary'

export const KNOBS: readonly KnobWord[] = [
  {
    key: 'prereg',
    title: 'How memory is registered ahead of mapping',
    values: ['command', 'ioas', 'none'],
    default: 'command',
    argued:
      'The proposal has a command of its own. A reviewer asked whether an address space that takes no device could do the same; the author preferred the command, being a matter of the file and not of the graph.',
  },
  {
    key: 'activation',
    title: 'What makes an address space usable',
    values: ['first-attach', 'enable-call'],
    default: 'first-attach',
    argued:
      'Proposal: the first attach. Review: a call between the two phases, attaches before it and maps after it.',
  },
  {
    key: 'ready',
    title: 'When commands are taken',
    values: ['after-attach', 'any-time'],
    default: 'after-attach',
    argued: 'Proposal v1: once a device is attached. Version 2 and the mainline API: at any time.',
  },
  {
    key: 'unmap',
    title: 'What an unmap may cover',
    values: ['exact', 'type1v2', 'type1', 'iommufd'],
    default: 'exact',
    argued:
      'Proposal: start with exactly what was mapped. VFIO type1v2 takes several whole mappings, mainline whole areas.',
  },
  {
    key: 'iova-report',
    title: 'Which ranges GET_INFO tells',
    values: ['reserved', 'permitted'],
    default: 'reserved',
    argued: 'Proposal v1: the reserved ranges. Review, then version 2: the ranges that may be used.',
  },
  {
    key: 'parent-change',
    title: 'Unmapping a parent that children map through',
    values: ['reshadow', 'refuse'],
    default: 'reshadow',
    argued: 'Open in the proposal: carry the change into every child by reverse lookup, or refuse it.',
  },
  {
    key: 'group',
    title: 'Devices that cannot be isolated from each other',
    values: ['partial-list'],
    default: 'partial-list',
    argued:
      'Proposal v1: a list of devices that wait. Version 2 blocks DMA of the group, mainline wants one table.',
  },
  {
    key: 'fault-target',
    title: 'Whom a page fault is reported for',
    values: ['any-device', 'cookie'],
    default: 'any-device',
    argued:
      'Proposal v1: the space and the address; the VMM takes any device attached. Version 2 adds the cookie of the device, and its PASID.',
  },
  {
    key: 'invalidate-scope',
    title: 'Which spaces INVALIDATE_CACHE is for',
    values: ['child-only', 'any-ioasid'],
    default: 'child-only',
    argued:
      'Proposal: spaces whose table the user writes. Review asked for any; the author agreed in the thread.',
  },
  {
    key: 'initial-attach',
    title: 'Where devices are when the guest starts',
    values: ['explicit', 'papr'],
    default: 'explicit',
    argued:
      'Proposal: wherever the user attaches them. A PAPR maintainer: no passthrough there, and windows are fixed when the guest is made.',
  },
  {
    key: 'lookup',
    title: 'Ask what one IOVA maps to',
    values: ['no', 'yes'],
    default: 'no',
    argued: 'Review: a way to translate one address, for debugging.',
  },
]
