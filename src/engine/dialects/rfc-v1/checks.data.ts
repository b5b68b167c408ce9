/**
 * In which order each call looks for something wrong: of several mistakes the first of the list answers. For a
 * reader of a refusal, who wants to know what held before it and what was never looked at.
 *
 * Source: R13 for the order of MAP; the others as the lowerings have it. A test makes calls with two mistakes.
 */
import type { RuleId } from '../../kernel/rules.data'

const FILE: readonly RuleId[] = ['fd.bad', 'fd.wrong-command']
const READY: readonly RuleId[] = ['id.unknown', 'group.partial', 'space.unready']
const MAPPABLE: readonly RuleId[] = [...FILE, ...READY, 'enable.before', 'op.table-type']
const BYTES: readonly RuleId[] = ['map.size-zero', 'map.align', 'map.wrap']
const REGISTER: readonly RuleId[] = [...FILE, 'register.off', 'register.align', 'register.wrap']

const MAP: readonly RuleId[] = [
  ...MAPPABLE,
  ...BYTES,
  'map.flags',
  'map.outside-ranges',
  'map.overlap',
  'map.not-preregistered',
  'map.not-in-parent',
  'map.fault',
  'map.read-only',
  'map.memlock',
  'map.backing',
  'alloc.no-space',
]

const UNMAP: readonly RuleId[] = [
  ...MAPPABLE,
  ...BYTES,
  'unmap.not-exact',
  'unmap.bisect',
  'unmap.cut',
  'unmap.nothing',
  'unmap.child-depends',
]

export const CHECKS: Readonly<Record<string, readonly RuleId[]>> = {
  IOASID_MAP_DMA: MAP,
  IOASID_UNMAP_DMA: UNMAP,
  IOASID_REGISTER_MEMORY: [...REGISTER, 'register.overlap', 'register.fault', 'register.memlock'],
  IOASID_UNREGISTER_MEMORY: [...REGISTER, 'unregister.not-exact', 'unregister.mapped'],
  IOASID_CREATE_NESTING: [...FILE, ...READY, 'nest.parent-type'],
  IOASID_FREE: [...FILE, 'id.unknown', 'space.busy'],
  VFIO_BIND_IOASID_FD: [...FILE, 'fd.bad', 'fd.wrong-file', 'bind.taken'],
  VFIO_ATTACH_IOASID: [
    ...FILE,
    'bind.not-bound',
    'id.unknown',
    'attach.flags',
    'attach.prereg',
    'enable.late-attach',
    'attach.already',
    'attach.rid-taken',
    'attach.parent-first',
    'group.split',
    'group.partial',
    'attach.stranded-area',
    'attach.papr-window',
    'map.memlock',
  ],
  VFIO_DETACH_IOASID: [
    ...FILE,
    'bind.not-bound',
    'id.unknown',
    'attach.flags',
    'detach.not-attached',
    'detach.child-first',
  ],
}
