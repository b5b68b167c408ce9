/**
 * Rules of VFIO groups, containers and the type1 driver. Their order and numbers are the kernel's, as the recordings
 * type1-* show them; `type1 7.2` is that section of the facts about iommufd and type1.
 */
import type { ErrnoName } from '../flow/words/core-words'
import type { Rule } from './rules.data'

const rule = (errno: ErrnoName, text: string, source: string): Rule => ({
  errno,
  text,
  source,
  basis: 'kernel',
})

export const VFIO_RULES = {
  'open.privilege': rule('EACCES', '{path} opens for root only', 'recording options'),
  'open.no-group': rule('ENOENT', '{path} is the file of no group', 'type1 7.1'),
  'open.group-twice': rule('EBUSY', 'group {group} is open already', 'type1 7.1'),
  'open.group-device': rule(
    'EBUSY',
    'group {group} is in use: {device} is bound through a file of its own',
    'iommufd 3.1',
  ),
  'vfio-group.no-device': rule('ENODEV', 'group {group} has no device {name}', 'type1 7.1'),
  'vfio-group.no-container': rule('EINVAL', 'group {group} is in no container', 'type1 7.1'),
  'vfio-group.container-set': rule('EINVAL', 'group {group} is in a container already', 'type1 7.1'),
  'vfio-group.devices-open': rule(
    'EBUSY',
    'group {group} has {files|device file|device files} open',
    'type1 7.1',
  ),
  'container.bad-file': rule('EBADFD', 'fd {fd} is {file}, not a container', 'type1 7.1'),
  'container.no-iommu': rule('EINVAL', 'the container has no IOMMU: VFIO_SET_IOMMU comes first', 'type1 7.1'),
  'container.no-groups': rule('EINVAL', 'the container has no group', 'type1 7.1'),
  'container.iommu-set': rule('EINVAL', 'the container has an IOMMU already', 'type1 7.1'),
  'container.iommu-type': rule('ENODEV', 'no driver has IOMMU type {type}', 'type1 7.1'),
  'container.no-vaddr': rule('EBUSY', '{mappings|mapping is|mappings are} without their vaddr', 'type1 7.3'),

  'type1.argument': rule('EFAULT', '{command} was given no argument', 'type1 7.2'),
  'type1.argsz': rule('EINVAL', 'argsz {argsz} is less than {least}', 'type1 7.2, 7.3, 7.4'),
  'type1.flags': rule('EINVAL', 'flags {flags} are not known, or do not go together', 'type1 7.2, 7.3'),
  'type1.size-zero': rule('EINVAL', 'size is 0', 'type1 7.2, 7.3'),
  'type1.wrap': rule('EOVERFLOW', '{field} {value} + size {size} leaves the 64-bit range', 'type1 7.2, 7.3'),
  'type1.direction': rule('EINVAL', 'flags {flags}: read, write or both, or VADDR alone', 'type1 7.2'),
  'type1.align': rule('EINVAL', '{field} {value} is not a multiple of {page}', 'type1 7.2, 7.3'),
  'type1.no-mapping': rule('ENOENT', 'no mapping starts at {iova}', 'type1 7.2, VADDR'),
  'type1.vaddr-exact': rule('EINVAL', 'the mapping at {iova} has another size', 'type1 7.2, VADDR'),
  'type1.vaddr-valid': rule('EINVAL', 'the mapping at {iova} has its vaddr', 'type1 7.2, VADDR'),
  'type1.vaddr-gone': rule('EINVAL', 'the mapping at {iova} has lost its vaddr already', 'type1 7.3, VADDR'),
  'type1.overlap': rule('EEXIST', '{first} .. {last} meets a mapping at {iova}', 'type1 7.2'),
  'type1.entries': rule(
    'ENOSPC',
    'the container has {entries|mapping|mappings}: no more are taken',
    'type1 7.2',
  ),
  'type1.outside': rule('EINVAL', '{first} .. {last} is not inside one range of GET_INFO', 'type1 7.2'),
  'type1.all': rule('EINVAL', 'ALL takes neither iova nor size', 'type1 7.3'),
  'type1.bisect': rule(
    'EINVAL',
    '{first} .. {last} would cut the mapping at {iova}',
    'type1 7.3: TYPE1v2, and GET_BITMAP of either',
  ),
  'type1.dirty-v1': rule('EACCES', 'DIRTY_PAGES needs TYPE1v2', 'type1 7.1'),
  'type1.dirty-off': rule('EINVAL', 'dirty page logging is off', 'type1 7.4'),
  'type1.dirty-wrap': rule('EINVAL', 'iova {iova} + size {size} leaves the 64-bit range', 'type1 7.4'),
  'type1.dirty-page': rule('EINVAL', 'pgsize {pgsize} is not the smallest page, {page}', 'type1 7.4'),
  'type1.dirty-bitmap': rule(
    'EINVAL',
    'a bitmap of {bytes} bytes does not hold {pages} pages',
    'type1 7.3, 7.4',
  ),
} as const satisfies Readonly<Record<string, Rule>>
