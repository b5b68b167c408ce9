/**
 * The argued choices as knobs: title and who argued for what, once for both proposals, in our words. A dialect
 * names the values it obeys and its default. The mails are those of May to July 2021.
 */
import type { KnobWord } from '../flow/vocabulary'

type Told = Pick<KnobWord, 'title' | 'argued'>

const PROPOSAL_KNOBS = {
  prereg: {
    title: 'How memory is registered ahead of mapping',
    argued:
      'Version 1 has a command of its own. A reviewer asked whether an address space that takes no device could do the same; the author preferred the command, being a matter of the file and not of the graph. Version 2 dropped the command: a dummy root that maps process memory onto itself counts once for all that nest on it.',
  },
  activation: {
    title: 'What makes an address space usable',
    argued:
      'Proposals: the first attach. Review: a call between the two phases, attaches before it and maps after it.',
  },
  ready: {
    title: 'When commands are taken',
    argued: 'Version 1: once a device is attached. Version 2 and the mainline API: at any time.',
  },
  unmap: {
    title: 'What an unmap may cover',
    argued:
      'Proposals: start with exactly what was mapped. VFIO type1v2 takes several whole mappings, mainline whole areas.',
  },
  'iova-report': {
    title: 'Which ranges GET_INFO tells',
    argued: 'Version 1: the reserved ranges. Review, then version 2: the ranges that may be used.',
  },
  'parent-change': {
    title: 'Unmapping a parent that children map through',
    argued: 'Open in both proposals: carry the change into every child by reverse lookup, or refuse it.',
  },
  'shadow-user-tables': {
    title: "Shadowing the guest's own tables in software",
    argued:
      'Proposals: a table that the user writes needs hardware nesting. Review: the hooks of invalidation suffice for the kernel to read it and keep a shadow, as a VMM does.',
  },
  'pasid-routing': {
    title: 'What says that a device is attached by PASID',
    argued:
      'Proposals: a flag and a number in the attach. Review: the choice of parent or child should say it.',
  },
  'pasid-table': {
    title: "What the kernel knows of a guest's PASID table",
    argued:
      'Version 1: each guest table is bound too, and the kernel keeps track. Version 2, after an Arm maintainer: the guest alone knows it, one address space stands for all of it, and no PASID is attached.',
  },
  group: {
    title: 'Devices that cannot be isolated from each other',
    argued:
      'Version 1: a list of devices that wait. Version 2 blocks DMA of the group from its first bind, mainline has one table for the group.',
  },
  'fault-target': {
    title: 'Whom a page fault is reported for',
    argued:
      'Version 1: the space and the address; the VMM takes any device attached. Version 2 adds the cookie of the device, and its PASID.',
  },
  'invalidate-scope': {
    title: 'Which spaces INVALIDATE_CACHE is for',
    argued:
      'Proposals: spaces whose table the user writes. Review asked for any; the author agreed in the thread.',
  },
  'initial-attach': {
    title: 'Where devices are when the guest starts',
    argued:
      'Proposals: wherever the user attaches them. A PAPR maintainer: no passthrough there, and windows are fixed when the guest is made.',
  },
  lookup: {
    title: 'Ask what one IOVA maps to',
    argued: 'Review: a way to translate one address, for debugging.',
  },
} as const satisfies Readonly<Record<string, Told>>

/** A knob of a dialect: the values it obeys, the default first or named. */
export function knob(
  key: keyof typeof PROPOSAL_KNOBS,
  values: readonly [string, ...string[]],
  byDefault: string = values[0],
): KnobWord {
  return { key, ...PROPOSAL_KNOBS[key], values, default: byDefault }
}
