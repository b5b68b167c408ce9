/**
 * In which order the calls of both proposals look for something wrong: of several mistakes the first of the list
 * answers. For a reader of a refusal, who wants to know what held before it and what was never looked at.
 *
 * Source: R13 for the order of MAP; the others as the lowerings have it. A test makes calls with two mistakes.
 */
import type { RuleId } from '../kernel/rules.data'

export const FILE: readonly RuleId[] = ['fd.bad', 'fd.wrong-command']
export const READY: readonly RuleId[] = ['id.unknown', 'group.partial', 'space.unready']
export const BOUND: readonly RuleId[] = [
  ...FILE,
  'bind.not-bound',
  'bind.which',
  'fd.bad',
  'fd.wrong-file',
  'bind.other-context',
]
const MAPPABLE: readonly RuleId[] = [...FILE, ...READY, 'enable.before', 'op.table-type']
const BYTES: readonly RuleId[] = ['map.size-zero', 'map.align', 'map.wrap']

export const MAP: readonly RuleId[] = [
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

export const UNMAP: readonly RuleId[] = [
  ...MAPPABLE,
  ...BYTES,
  'unmap.not-exact',
  'unmap.bisect',
  'unmap.cut',
  'unmap.nothing',
  'unmap.child-depends',
]

export const ATTACH: readonly RuleId[] = [
  ...BOUND,
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
  'attach.snoop',
  'attach.papr-window',
  'map.memlock',
]

export const DETACH: readonly RuleId[] = [
  ...BOUND,
  'id.unknown',
  'attach.flags',
  'detach.not-attached',
  'detach.child-first',
]
