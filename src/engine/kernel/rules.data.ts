/**
 * Every rule a call can break, by its stable id: the number it answers, one sentence with the values
 * involved in braces, and where the rule is from. SPEC.md tells the same rules to people; a test holds
 * the two together. A dialect may answer another number for a rule (`Dialect.errnos`).
 *
 * Sources are sections of the restated proposals: `v1 2` is section 2 (the calls of /dev/ioasid),
 * `R13` a ruling, `review` what a reviewer asked for in the thread.
 */
import { IO_RULES } from './iommu/rules.data'
import { type Rule, rule } from './rule'
import { VFIO_RULES } from './vfio-rules.data'

export type { Rule } from './rule'

export const RULES = {
  ...VFIO_RULES,
  'not-modelled-yet': rule(
    'EOPNOTSUPP',
    '{what} is not modelled yet',
    'README, what is not modelled',
    'limit',
  ),

  'fd.bad': rule('EBADF', 'fd {fd} is not open', 'R10'),
  'fd.wrong-command': rule('ENOTTY', '{command} is not a command of {file}', 'R10'),
  'fd.wrong-file': rule('EBADFD', 'fd {fd} is {file}, not an address space file', 'R10'),
  'open.no-device': rule('ENOENT', 'no device has the path {path}', 'v1 2; flow language, #device'),
  'open.host-driver': rule(
    'ENOENT',
    'VFIO gives {device} no file: the host driver {driver} has it',
    'v2 1.3; flow language, #device',
  ),
  'open.no-file': rule('ENOENT', 'there is no file {path}', 'v1 2'),
  'open.too-many': rule('EMFILE', '{open} files are open already', 'POSIX open', 'limit'),

  'id.unknown': rule('ENOENT', 'ioasid {ioasid} does not exist in this context', 'R12'),
  'alloc.type': rule('EINVAL', 'type {type} is not an address space type', 'R30'),
  'alloc.too-many': rule('ENOSPC', '{spaces} address spaces are there already', 'kernel allocation', 'limit'),
  'alloc.flags': rule('EINVAL', 'flags {flags} are not known', 'v2 2.1'),
  'alloc.attributes': rule(
    'EINVAL',
    'one space has one owner: a table of the kernel, a page table of the user, or his PASID table',
    'v2 2.1',
  ),
  'alloc.snoop': rule('EINVAL', 'enforce_snoop {value} is not off, on or auto', 'v2 1.5'),
  'cookie.unknown': rule('ENOENT', 'no device is bound to this file under cookie {cookie}', 'v2 2.1'),
  'alloc.no-space': rule('ENOMEM', 'no page frames are left for a table', 'kernel allocation', 'limit'),

  'bind.taken': rule(
    'EBUSY',
    '{device} is bound already, through fd {fd}',
    'R10; v1 2: one device binds to one fd',
  ),
  'bind.cookie-taken': rule('EEXIST', 'cookie {cookie} stands for {device} in this context', 'R10; v2 2.2'),
  'bind.which': rule('EINVAL', '{device} is bound to {count|context|contexts}: say which', 'R10; v2 2.2'),
  'bind.not-bound': rule('EINVAL', '{device} is not bound through this fd', 'R10'),
  'bind.other-context': rule('EINVAL', '{device} is bound to another context than fd {fd}', 'R10'),
  'unbind.attached': rule('EBUSY', '{device} is still attached to ioasid {ioasid}', 'R8'),

  'space.unready': rule('ENODEV', 'ioasid {ioasid} has no device attached', 'R7; v1 2', 'proposal'),
  'space.busy': rule(
    'EBUSY',
    'ioasid {ioasid} has {devices|device|devices} and {children|child|children}',
    'v1 2, IOASID_FREE',
  ),
  'enable.off': rule('ENOTTY', 'IOASID_ENABLE exists under activation=enable-call only', 'R35; review'),
  'enable.before': rule('ENODEV', 'ioasid {ioasid} is not enabled', 'R35; review'),
  'enable.late-attach': rule('EBUSY', 'ioasid {ioasid} is enabled: devices attach before', 'R35; review'),
  'enable.twice': rule('EBUSY', 'ioasid {ioasid} is enabled already', 'R35; review'),

  'attach.already': rule('EBUSY', '{device} is attached to ioasid {ioasid} with this routing', 'R2'),
  'attach.rid-taken': rule('EBUSY', 'the RID of {device} is routed by ioasid {taken}', 'R2'),
  'attach.parent-first': rule(
    'EINVAL',
    '{device} is not attached to ioasid {parent}, the parent',
    'R3; v1 2',
    'proposal',
  ),
  'attach.prereg': rule('EINVAL', 'ioasid {ioasid} only registers memory: nothing attaches', 'R31; review'),
  'attach.sva-rid': rule('EINVAL', 'ioasid {ioasid} is the process: devices attach with a PASID', 'R34'),
  'sva.unsupported': rule('EOPNOTSUPP', '{platform} walks no table of a process', 'R34'),
  'attach.stranded-area': rule(
    'EINVAL',
    'area {first} .. {last} lies outside what {device} can address',
    'v1 2; R29',
  ),
  'attach.papr-window': rule(
    'EPERM',
    'no window of {device} names ioasid {ioasid}',
    'R29, initial-attach=papr',
  ),
  'attach.format': rule('EINVAL', '{device} cannot walk the table: {problem}', 'v2 1.1, 2.1', 'proposal'),
  'attach.by-child': rule(
    'EINVAL',
    'by child a root is reached by the RID and a child by a PASID: ioasid {ioasid} is a {place}',
    'review; rfc 8, pasid-routing=by-child',
  ),
  'attach.snoop': rule(
    'EINVAL',
    'the IOMMU of {device} cannot make its DMA snoop, as ioasid {ioasid} promises',
    'v2 1.5; R28',
    'proposal',
  ),
  'attach.flags': rule('EINVAL', 'flags {flags} are not known', 'v1 2'),
  'detach.not-attached': rule('ENOENT', '{device} is not attached to ioasid {ioasid}', 'R5'),
  'detach.which': rule(
    'EINVAL',
    '{device} is attached to ioasid {ioasid} with {count|PASID|PASIDs}: say which',
    'R5',
  ),
  'detach.child-first': rule(
    'EBUSY',
    '{device} is attached to ioasid {child}, a child that relies on it',
    'R5',
  ),

  'pasid.none': rule('EOPNOTSUPP', '{device} has no PASID capability here', 'R24'),
  'pasid.range': rule('EINVAL', 'PASID {pasid} is not 1 to 2^{bits} - 1', 'R24'),
  'pasid.taken': rule('EBUSY', 'PASID {pasid} of {device} is routed to ioasid {ioasid}', 'R24'),

  'pasid.whole-device': rule(
    'EOPNOTSUPP',
    "{device} has one PASID table on {platform}, the kernel's or a user's: PASID {pasid} is of the other",
    'R24, R25; hardware 0',
  ),
  'attach.pasid-table': rule(
    'EINVAL',
    'ioasid {ioasid} is the PASID table of one device: {device} cannot attach, or not with a PASID',
    'R25',
  ),
  'pasid.delegated': rule(
    'EINVAL',
    "the PASID table of {device} is the user's: PASIDs are his, and never attached one by one",
    'R24; v2 1.4, pasid-table=delegated',
    'proposal',
  ),
  'pasid.type-mix': rule(
    'EOPNOTSUPP',
    '{device} of type {type} and {other} of type {otherType} read the PASID of the processor in two ways',
    'v2 1.4.3',
    'proposal',
  ),
  'pasid.wire-taken': rule(
    'EBUSY',
    'PASID {pasid} is on the wire for {device}, of the same requester id',
    'R24, R26',
  ),

  'kvm.no-translation': rule('EOPNOTSUPP', 'the processors of this platform translate no PASIDs', 'R40'),
  'kvm.capability': rule('EINVAL', 'capability {cap} of KVM is none of this model', 'v2 2.3'),
  'kvm.not-attached': rule('ENOENT', 'no device is attached to ioasid {ioasid} with PASID {pasid}', 'R40'),
  'kvm.mapped': rule('EEXIST', 'PASID {pasid} is mapped already, to ioasid {ioasid}', 'R40'),
  'kvm.not-mapped': rule('ENOENT', 'PASID {pasid} is not mapped to ioasid {ioasid}', 'R40'),
  'enqcmd.unsupported': rule(
    'EOPNOTSUPP',
    '{device} takes no work by ENQCMD: it is of type {type}, not 7 or 8',
    'v2 1.4; R40',
  ),
  'enqcmd.portal-closed': rule(
    'EPERM',
    'the portal of {device} is closed until the processor translates PASIDs: KVM_ENABLE_CAP or KVM_MAP_PASID',
    'v2 1.4.2',
    'proposal',
  ),
  'enqcmd.not-mapped': rule(
    'ENOENT',
    'the processor has no entry for PASID {pasid}: the guest is left, and no DMA is made',
    'R40',
  ),

  'bind-pgtable.root': rule(
    'EINVAL',
    'ioasid {ioasid} is a root: a table that the user writes goes on a child',
    'R21; v1 2',
  ),
  'bind-pgtable.busy': rule(
    'EBUSY',
    'ioasid {ioasid} has a table bound, or {areas|area|areas}, or {children|child|children}',
    'R21',
  ),
  'bind-pgtable.no-nesting': rule(
    'EOPNOTSUPP',
    '{platform} cannot walk a user table over this parent',
    'R21, R25',
  ),
  'bind-pgtable.format': rule('EINVAL', '{problem}', 'R21'),
  'bind-pgtable.address': rule(
    'EINVAL',
    'table address {addr} is not on a page, or wider than {bits} bits',
    'R21',
  ),
  'unbind-pgtable.not-bound': rule('EINVAL', 'ioasid {ioasid} has no table of the user', 'R22'),
  'bind-pgtable.pasid-table': rule(
    'EOPNOTSUPP',
    '{platform} takes a single table of the user only beneath a PASID table of his: ioasid {ioasid} has none above',
    'R25',
  ),
  'bind-pasid-table.root': rule(
    'EINVAL',
    'ioasid {ioasid} is a root: a table that the user writes goes on a child',
    'R25; v1 2',
  ),
  'bind-pasid-table.busy': rule(
    'EBUSY',
    'ioasid {ioasid} has a table bound, or {areas|area|areas}, or {children|child|children}',
    'R21, R25',
  ),
  'bind-pasid-table.one-device': rule(
    'EINVAL',
    "ioasid {ioasid} has {count|attachment|attachments}: a PASID table is one device's, attached by its RID",
    'R25',
  ),
  'bind-pasid-table.format': rule('EINVAL', '{problem}', 'R25'),
  'bind-pasid-table.address': rule(
    'EINVAL',
    'table address {addr} is no multiple of {align}, or wider than {bits} bits',
    'R21, R25',
  ),
  'unbind-pasid-table.not-bound': rule(
    'EINVAL',
    'ioasid {ioasid} has no PASID table of the user',
    'R22, R25',
  ),
  'unbind-pasid-table.in-use': rule(
    'EBUSY',
    '{device} is attached with {beneath|PASID|PASIDs} beneath ioasid {ioasid}',
    'R5, R25',
  ),
  'bind-pasid-table.platform': rule(
    'EOPNOTSUPP',
    'the PASID table of {platform} belongs to the kernel',
    'R25',
  ),
  'invalidate.type': rule('EOPNOTSUPP', 'ioasid {ioasid} is {kind}: the kernel flushes it itself', 'R23'),
  'invalidate.cache': rule(
    'EINVAL',
    'cache {cache} holds nothing of ioasid {ioasid}: 1 the IOTLB, 2 device TLBs',
    'v2 2.1; R23',
  ),
  'invalidate.not-attached': rule(
    'ENOENT',
    'no such device or PASID is attached to ioasid {ioasid}',
    'v2 2.1',
  ),
  'invalidate.wrap': rule('EINVAL', 'iova {iova} + size {size} leaves the 64-bit range', 'R23'),
  'dirty.unsupported': rule('EOPNOTSUPP', '{platform} sets no dirty bits in these tables', 'R39'),
  'dirty.off': rule('EINVAL', 'dirty tracking of ioasid {ioasid} is off', 'R39'),
  'dirty.page-size': rule('EINVAL', 'page size {page} is not a power of two from 4 KiB', 'R39'),
  'dirty.range': rule('EINVAL', 'iova {iova} + size {size} is not whole pages of {page}', 'R39'),
  'dirty.wrap': rule('EINVAL', 'iova {iova} + size {size} leaves the 64-bit range', 'R39'),
  'dirty.too-many': rule('EINVAL', '{bits} bits are more than {most} in one call', 'R39', 'limit'),
  'viommu.no-calls': rule('EOPNOTSUPP', 'a VMM cannot do this: {problem}', 'intents of the dialect', 'limit'),
  'guest-table.pasid': rule('EINVAL', 'PASID {pasid} is not 0 to 2^{bits} - 1', 'R25', 'limit'),
  'hypercall.none': rule('EOPNOTSUPP', 'guests of {platform} make no {call}', 'R29; hardware 4.3', 'limit'),
  'guest-table.none': rule('EOPNOTSUPP', 'a guest writes no table here: {problem}', 'R4, R25', 'limit'),
  'guest-table.no-memory': rule('EFAULT', 'no guest memory is behind {gpa}, or none is left', 'R4', 'limit'),
  'guest-table.range': rule(
    'EINVAL',
    'va {va} or what follows is not an address of the table, which ends at {last}',
    'R4',
    'limit',
  ),

  'fault.none': rule('EAGAIN', 'no page fault waits to be read', 'R38'),
  'fault.not-pending': rule(
    'ENOENT',
    'no page fault of ioasid {ioasid} at {addr} waits for an answer',
    'R38',
  ),
  'fault.code': rule('EINVAL', 'response code {code} is not success, invalid or failure', 'R38'),
  'fault.no-guest': rule('ENOENT', 'no page fault of {device} waits for an answer', 'R38', 'limit'),

  'group.partial': rule('EBUSY', 'ioasid {ioasid} waits for {waiting} of group {group}', 'v1 2, groups; R27'),
  'group.split': rule('EINVAL', '{mate} of the same group {group} is attached to ioasid {other}', 'R27'),

  'group.not-viable': rule(
    'EPERM',
    '{mate} of group {group} has the host driver {driver}, which may do DMA',
    'v2 1.3; R28',
  ),

  'nest.parent-type': rule('EOPNOTSUPP', 'a {kind} space cannot be a parent', 'R19'),

  'map.size-zero': rule('EINVAL', 'size is 0', 'rfc 4: type1 semantics', 'proposal'),
  'map.align': rule(
    'EINVAL',
    '{field} {value} is not a multiple of {page}',
    'rfc 4: type1 semantics',
    'proposal',
  ),
  'map.wrap': rule(
    'EINVAL',
    '{field} {value} + size {size} leaves the 64-bit range',
    'rfc 4: type1 semantics',
    'proposal',
  ),
  'map.flags': rule('EINVAL', 'flags {flags} give no known direction', 'rfc 4: type1 semantics', 'proposal'),
  'map.outside-ranges': rule(
    'EINVAL',
    'iova {first} .. {last} is not inside a permitted range',
    'rfc 4; R29',
    'proposal',
  ),
  'map.overlap': rule(
    'EEXIST',
    'iova {first} .. {last} meets the area {areaFirst} .. {areaLast}',
    'rfc 4: type1 semantics',
    'proposal',
  ),
  'map.not-preregistered': rule(
    'EINVAL',
    'vaddr {first} .. {last} lies in no registered range',
    'v1 2; R16',
    'proposal',
  ),
  'map.not-in-parent': rule('EFAULT', '{address} has no area in the parent, ioasid {parent}', 'R15'),
  'map.fault': rule('EFAULT', 'process memory has nothing at {vaddr}', 'rfc 4: type1 semantics', 'proposal'),
  'map.read-only': rule(
    'EFAULT',
    'process memory at {vaddr} is read-only',
    'rfc 4: type1 semantics',
    'proposal',
  ),
  'map.backing': rule(
    'EPERM',
    'host memory behind {iova} comes in pieces smaller than a page of {page}',
    'hardware 4.4',
  ),
  'map.memlock': rule(
    'ENOMEM',
    '{pages|more page|more pages} on top of {accounted} pass the limit of {limit}',
    'rfc 4: type1 semantics',
    'proposal',
  ),
  'op.table-type': rule(
    'EOPNOTSUPP',
    '{command} does not apply to a {kind} space',
    'v1 2; rfc 7',
    'proposal',
  ),

  'unmap.not-exact': rule(
    'EINVAL',
    '{first} .. {last} is not one mapping: the area is {areaFirst} .. {areaLast}',
    'rfc 4, unmap=exact',
    'proposal',
  ),
  'unmap.bisect': rule(
    'EINVAL',
    '{first} .. {last} would cut the area {areaFirst} .. {areaLast}',
    'rfc 4, unmap=type1v2',
    'proposal',
  ),
  'unmap.cut': rule(
    'ENOENT',
    '{first} .. {last} would cut the area {areaFirst} .. {areaLast}',
    'rfc 4, unmap=iommufd',
    'proposal',
  ),
  'unmap.nothing': rule('ENOENT', '{first} .. {last} holds no mapping', 'rfc 4', 'proposal'),
  'unmap.child-depends': rule(
    'EBUSY',
    'ioasid {child} maps through {first} .. {last}',
    'R17, parent-change=refuse',
  ),

  'register.off': rule('ENOTTY', '{command} exists under prereg=command only', 'rfc 8, knob prereg'),
  'register.align': rule('EINVAL', '{field} {value} is not a multiple of {page}', 'v1 2'),
  'register.wrap': rule('EINVAL', 'vaddr {value} + size {size} leaves the 64-bit range', 'v1 2'),
  'register.overlap': rule(
    'EEXIST',
    '{first} .. {last} meets the registered {otherFirst} .. {otherLast}',
    'v1 2',
  ),
  'register.fault': rule('EFAULT', 'process memory has nothing at {vaddr}', 'v1 2'),
  'register.memlock': rule(
    'ENOMEM',
    '{pages|more page|more pages} on top of {accounted} pass the limit of {limit}',
    'v1 2',
  ),
  'unregister.not-exact': rule('ENOENT', '{first} .. {last} is no registered range', 'v1 2'),
  'unregister.mapped': rule('EBUSY', '{first} .. {last} has {mapped|mapping|mappings}', 'v1 2; R16'),
  'prereg.off': rule('EOPNOTSUPP', 'prereg={prereg} registers no memory by a space', 'rfc 8, knob prereg'),
  'prereg.beside-dummy': rule(
    'EINVAL',
    'ioasid {dummy} counts memory for all: a root beside it would count it again',
    'v2 1.1, knob prereg=dummy-root',
  ),
  'prereg.in-use': rule(
    'EBUSY',
    'ioasid {ioasid} is in use: it has devices, areas, a parent or children',
    'R30',
  ),

  'lookup.off': rule('ENOTTY', 'IOASID_LOOKUP exists under lookup=yes only', 'R36; review'),
  'lookup.hole': rule('ENOENT', 'ioasid {ioasid} maps nothing at {iova}', 'R36; review'),

  ...IO_RULES,
} as const satisfies Readonly<Record<string, Rule>>

export type RuleId = keyof typeof RULES
