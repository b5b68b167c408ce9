/**
 * Every choice that was argued over, with all its values and who spoke for each, in our words. A dialect
 * lists the knobs it obeys; what stands here and not there is shown as not modelled under that dialect.
 *
 * Sources: the /dev/ioasid proposal of May 2021 (RFC v1) and the review on its thread, the /dev/iommu
 * proposal of July 2021 (RFC v2), Linux' /dev/iommu and VFIO type1.
 */

export interface ArguedValue {
  readonly value: string
  /** What it comes to. */
  readonly means: string
  /** Who spoke for it. */
  readonly by: string
}

export interface ArguedKnob {
  readonly key: string
  readonly title: string
  readonly values: readonly ArguedValue[]
}

const value = (name: string, by: string, means: string): ArguedValue => ({ value: name, means, by })

const V1 = 'RFC v1'
const V2 = 'RFC v2'
const REVIEW = 'review'
const LINUX = 'mainline'
const TYPE1 = 'VFIO type1'

export const ARGUED: readonly ArguedKnob[] = [
  {
    key: 'prereg',
    title: 'How memory is registered ahead of mapping',
    values: [
      value('command', V1, 'A call pins and charges a range of the file, beside the graph of address spaces'),
      value('ioas', REVIEW, 'An address space that takes no device does it, as parent of those that do'),
      value('dummy-root', V2, 'A root that maps process memory onto itself and builds no table'),
      value('none', `${V1}, ${LINUX}`, 'Nothing is registered; each map pins and charges its own pages'),
    ],
  },
  {
    key: 'activation',
    title: 'What makes an address space usable',
    values: [
      value('first-attach', V1, 'The first device attached'),
      value(
        'enable-call',
        REVIEW,
        'A call of its own: attaches only before it, maps and binds only after it',
      ),
    ],
  },
  {
    key: 'ready',
    title: 'When commands are taken',
    values: [
      value('after-attach', V1, 'Refused until a device is attached'),
      value('any-time', `${V2}, ${LINUX}`, 'From the allocation on'),
    ],
  },
  {
    key: 'unmap',
    title: 'What an unmap may cover',
    values: [
      value('exact', V1, 'Exactly what one map made'),
      value('type1v2', TYPE1, 'Any number of whole maps; none may be cut'),
      value('type1', TYPE1, 'A range grows to the whole of each map whose start it covers'),
      value('iommufd', LINUX, 'Whole areas; they stay gone where a later one refuses'),
    ],
  },
  {
    key: 'iova-report',
    title: 'Which ranges GET_INFO tells',
    values: [
      value('reserved', V1, 'The holes that no map may touch'),
      value('permitted', `${REVIEW}, ${V2}`, 'The ranges where maps may lie'),
    ],
  },
  {
    key: 'parent-change',
    title: 'Unmapping a parent that children map through',
    values: [
      value(
        'reshadow',
        `open in ${V1}`,
        'Allowed: the shadow entries of children go, and return with the map',
      ),
      value('refuse', `open in ${V1}`, 'Refused while a child maps through it'),
    ],
  },
  {
    key: 'shadow-user-tables',
    title: "Shadowing the guest's own tables in software",
    values: [
      value('no', V1, 'A user-managed table needs hardware nesting'),
      value('shadow-on-invalidate', REVIEW, 'The kernel reads the table again at each invalidation'),
    ],
  },
  {
    key: 'pasid-routing',
    title: 'What says that a device is attached by PASID',
    values: [
      value('attach-flag', V1, 'A flag and a PASID in the attach'),
      value('by-child', REVIEW, 'The choice of parent or child says it'),
    ],
  },
  {
    key: 'pasid-table',
    title: "What the kernel knows of a guest's PASID table",
    values: [
      value('tracked', V1, 'Each guest table is bound too, and tracked'),
      value('delegated', V2, 'The guest alone knows it; one address space stands for all of it'),
    ],
  },
  {
    key: 'group',
    title: 'Devices that cannot be isolated from each other',
    values: [
      value('partial-list', V1, 'The space waits, and says for whom, until all are attached'),
      value('block-dma', V2, 'The first bind blocks DMA of the whole group'),
      value('same-table', LINUX, 'All attach to the same table, one after the other'),
      value('container', TYPE1, 'The group as a whole enters one container'),
    ],
  },
  {
    key: 'fault-target',
    title: 'Which device a page fault is told of',
    values: [
      value('any-device', V1, 'The address space and address; the VMM takes any device attached'),
      value('cookie', V2, 'The cookie that the device was bound with'),
    ],
  },
  {
    key: 'invalidate-scope',
    title: 'Which address spaces take an invalidation',
    values: [
      value('child-only', V1, 'Those with user-managed tables'),
      value('any-ioasid', `${REVIEW}, agreed to by the author`, 'Also kernel-managed ones, as a real flush'),
    ],
  },
  {
    key: 'initial-attach',
    title: 'Where devices are when the guest starts',
    values: [
      value('explicit', V1, 'Wherever the VMM attaches them'),
      value('papr', 'a PAPR maintainer', 'On windows fixed when the guest is made, with no passthrough'),
    ],
  },
  {
    key: 'lookup',
    title: 'Asking what one IOVA maps to',
    values: [
      value('no', V1, 'There is no such call'),
      value('yes', REVIEW, 'A call translates one address, for debugging'),
    ],
  },
]
