/**
 * What the proposals and the rulings settle of the matrix, transcribed from them and from nothing else: for
 * each table type the outcome of an operation, with where it says so. `ok`, or an errno; `no-type:` where the
 * table cannot be made; a rule id where the source names one. What no source settles is not here.
 */
import { describe, expect, it } from 'vitest'
import type { TableOperation, TableType } from '../dialects/matrix.data'
import type { MatrixCell, MatrixView } from './contract'
import { cellAt } from './text'

export type Settled = readonly [type: TableType, operation: TableOperation, outcome: string, source: string]

function outcomeOf({ result, errno, rule }: MatrixCell, settled: string): string {
  const named = settled.includes(' ') ? `${errno} ${rule}` : `${errno}`
  if (result === 'no-words') return NO_WORDS
  if (result === 'ok') return 'ok'
  return result === 'no-type' ? `no-type:${named}` : named
}

/** Holds a matrix against what is settled of it. */
export function holdsWhatIsSettled(what: string, view: () => MatrixView, rows: readonly Settled[]): void {
  describe(`what is settled of ${what}`, () => {
    it.each(rows)('%s, %s: %s (%s)', (type, operation, settled) => {
      expect(outcomeOf(cellAt(view(), type, operation), settled)).toBe(settled)
    })

    it('is no cell twice', () => {
      const cells = rows.map(([type, operation]) => `${type} ${operation}`)
      expect(new Set(cells).size).toBe(cells.length)
    })
  })
}

const each = (
  types: readonly TableType[],
  operation: TableOperation,
  outcome: string,
  source: string,
): Settled[] => types.map(type => [type, operation, outcome, source])

const MAPPED: readonly TableType[] = ['kernel-root', 'kernel-child', 'passthrough', 'prereg', 'dummy']
const ATTACHED: readonly TableType[] = ['kernel-root', 'kernel-child', 'passthrough']
const REGISTERING: readonly TableType[] = ['prereg', 'dummy']
/** Named by no number: 0 and unknown ones do not exist. */
const ON_NOTHING: readonly TableOperation[] = [
  'map',
  'unmap',
  'attach',
  'attach-pasid',
  'detach',
  'create-child',
  'bind-pgtable',
  'bind-pasid-table',
  'invalidate-all',
  'invalidate-range',
  'get-info',
  'free',
]

const EVERY_OPERATION: readonly TableOperation[] = [...ON_NOTHING, 'fault-report', 'dirty-tracking']

/** Whatever the platform. */
const ANYWHERE_V1: readonly Settled[] = [
  ...each(MAPPED, 'map', 'ok', 'v1 2 MAP; R20; R31 to R33'),
  ...each(MAPPED, 'unmap', 'ok', 'v1 2 UNMAP; R31 to R33'),
  ...each(ATTACHED, 'attach', 'ok', 'v1 2 ATTACH; R3; R33'),
  ...each(REGISTERING, 'attach', 'EINVAL attach.prereg', 'R31, R32'),
  ...each(ATTACHED, 'detach', 'ok', 'v1 2 DETACH'),
  ...each(REGISTERING, 'detach', 'ENOENT', 'R5: not attached'),
  ...each(MAPPED, 'create-child', 'ok', 'v1 2 CREATE_NESTING: no limit on levels; R19; R31 to R33'),
  ...each(['kernel-root', 'passthrough', 'prereg', 'dummy'], 'bind-pgtable', 'EINVAL', 'R21: root'),
  ...each(MAPPED, 'invalidate-all', 'EOPNOTSUPP', 'R23: kernel-managed'),
  ...each(MAPPED, 'invalidate-range', 'EOPNOTSUPP', 'R23: kernel-managed'),
  ...each(MAPPED, 'get-info', 'ok', 'v1 2 GET_INFO after an attach; R7: prereg types are always ready'),
  ...each(REGISTERING, 'fault-report', 'EAGAIN', 'R31, R38: nothing attaches, so nothing waits'),
  ...each(MAPPED, 'free', 'ok', 'v1 2 FREE: neither devices nor children'),
  ...ON_NOTHING.flatMap(operation => each(['block-dma'], operation, 'ENOENT', 'R11, R12')),
]

/** Where the PASID table is the kernel's. */
const NO_PASID_TABLES: readonly Settled[] = [
  ...each(MAPPED, 'bind-pasid-table', 'EOPNOTSUPP', 'R25: neither VT-d nor PAPR'),
  ...EVERY_OPERATION.flatMap(operation =>
    each(['user-pasid-table'], operation, 'no-type:EOPNOTSUPP', 'R25: neither VT-d nor PAPR'),
  ),
]

/** /dev/ioasid on VT-d. */
export const SETTLED_V1_VTD: readonly Settled[] = [
  ...ANYWHERE_V1,
  ...NO_PASID_TABLES,
  ...each(ATTACHED, 'attach-pasid', 'ok', 'v1 2 ATTACH with a PASID; R24'),
  ...each(REGISTERING, 'attach-pasid', 'EINVAL attach.prereg', 'R31, R32'),
  ['kernel-child', 'bind-pgtable', 'ok', 'R20, R25: single tables'],

  ['user-child', 'map', 'EOPNOTSUPP op.table-type', 'v1 2 MAP'],
  ['user-child', 'unmap', 'EOPNOTSUPP op.table-type', 'v1 2 UNMAP'],
  ['user-child', 'attach', 'ok', 'v1 2 ATTACH'],
  ['user-child', 'attach-pasid', 'ok', 'v1 5.6'],
  ['user-child', 'detach', 'ok', 'v1 2 DETACH'],
  ['user-child', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['user-child', 'bind-pgtable', 'EBUSY', 'R21: bound already'],
  ['user-child', 'bind-pasid-table', 'EOPNOTSUPP', 'R25'],
  ['user-child', 'invalidate-all', 'ok', 'v1 2 INVALIDATE_CACHE; R23: no range is all'],
  ['user-child', 'invalidate-range', 'ok', 'v1 2 INVALIDATE_CACHE'],
  ['user-child', 'get-info', 'ok', 'v1 2 GET_INFO'],
  ['user-child', 'fault-report', 'ok', 'rfc 6; R38'],
  ['user-child', 'dirty-tracking', 'EOPNOTSUPP', 'R39'],
  ['user-child', 'free', 'ok', 'v1 2 FREE'],

  ['sva', 'map', 'EOPNOTSUPP op.table-type', 'v1 2 MAP; R34'],
  ['sva', 'unmap', 'EOPNOTSUPP op.table-type', 'v1 2 UNMAP; R34'],
  ['sva', 'attach', 'EINVAL', 'R34: attach needs a PASID'],
  ['sva', 'attach-pasid', 'ok', 'R34'],
  ['sva', 'detach', 'ok', 'R5: the only PASID'],
  ['sva', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['sva', 'bind-pgtable', 'EOPNOTSUPP', 'R34'],
  ['sva', 'bind-pasid-table', 'EOPNOTSUPP', 'R25, R34'],
  ['sva', 'get-info', 'ok', 'v1 2 GET_INFO'],
  ['sva', 'dirty-tracking', 'EOPNOTSUPP', 'R39'],
  ['sva', 'free', 'ok', 'v1 2 FREE'],
]

/** /dev/ioasid on PAPR: no tables of the user, no PASIDs. */
export const SETTLED_V1_PAPR: readonly Settled[] = [
  ...ANYWHERE_V1,
  ...NO_PASID_TABLES,
  ...each(ATTACHED, 'attach-pasid', 'EOPNOTSUPP', 'R24: no capability'),
  ['kernel-child', 'bind-pgtable', 'EOPNOTSUPP', 'R21: no nesting; R25'],
  ...EVERY_OPERATION.flatMap(operation => [
    ...each(['user-child'], operation, 'no-type:EOPNOTSUPP', 'R21, R25: PAPR has neither'),
    ...each(['sva'], operation, 'no-type:EOPNOTSUPP', 'R24, R34: no PASID to attach with'),
  ]),
]

/** /dev/ioasid on SMMUv3, whose PASID table is the guest's. */
export const SETTLED_V1_SMMU: readonly Settled[] = [
  ...ANYWHERE_V1,
  ...each(ATTACHED, 'attach-pasid', 'ok', "v1 2 ATTACH with a PASID; hardware 2.3: a CD of the host's"),
  ...each(REGISTERING, 'attach-pasid', 'EINVAL attach.prereg', 'R31, R32'),
  ['kernel-child', 'bind-pgtable', 'EOPNOTSUPP', 'R25: a single table beneath a PASID table only'],
  ['kernel-child', 'bind-pasid-table', 'ok', 'v1 2 BIND_PASID_TABLE; R25'],
  ...EVERY_OPERATION.flatMap(operation =>
    each(['user-child'], operation, 'no-type:EOPNOTSUPP', 'R25: a single table beneath a PASID table only'),
  ),
  ['user-pasid-table', 'map', 'EOPNOTSUPP', 'v1 2 MAP: user-managed'],
  ['user-pasid-table', 'unmap', 'EOPNOTSUPP', 'v1 2 UNMAP: user-managed'],
  ['user-pasid-table', 'attach', 'EINVAL', 'R25: one device'],
  ['user-pasid-table', 'detach', 'ok', 'v1 2 DETACH'],
  ['user-pasid-table', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['user-pasid-table', 'invalidate-all', 'ok', 'v1 2 INVALIDATE_CACHE; R23'],
  ['user-pasid-table', 'get-info', 'ok', 'v1 2 GET_INFO'],
  ['user-pasid-table', 'fault-report', 'ok', 'rfc 6: from a PASID table, too; R38'],
  ['user-pasid-table', 'dirty-tracking', 'EOPNOTSUPP', 'R39: of the user'],
  ['user-pasid-table', 'free', 'ok', 'v1 2 FREE'],
  ['sva', 'map', 'EOPNOTSUPP', 'R34'],
  ['sva', 'unmap', 'EOPNOTSUPP', 'R34'],
  ['sva', 'attach', 'EINVAL', 'R34: attach needs a PASID'],
  ['sva', 'attach-pasid', 'ok', 'R34'],
  ['sva', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['sva', 'bind-pgtable', 'EOPNOTSUPP', 'R34'],
  ['sva', 'bind-pasid-table', 'EOPNOTSUPP', 'R34'],
]

const NO_WORDS = 'no words'
/** Said at allocation or of a device, so that no flow asks them of a table. */
const FOLDED: readonly TableOperation[] = ['bind-pgtable', 'bind-pasid-table', 'get-info']
/** Those on an address space that v2 has a call for. */
const V2_ON_NOTHING = ON_NOTHING.filter(
  operation => operation !== 'create-child' && !FOLDED.includes(operation),
)

/** v2 has a dummy root in place of preregistration, which is off unless asked for (rfc 11). */
const V2_MAPPED: readonly TableType[] = ['kernel-root', 'kernel-child', 'passthrough', 'dummy']

const ANYWHERE_V2: readonly Settled[] = [
  ...EVERY_OPERATION.filter(operation => !FOLDED.includes(operation)).flatMap(operation =>
    each(['prereg'], operation, 'no-type:EOPNOTSUPP', 'rfc 3, 11: no preregistration'),
  ),
  ...each(V2_MAPPED, 'map', 'ok', 'v2 MAP; R20; R31 to R33'),
  ...each(V2_MAPPED, 'unmap', 'ok', 'v2 UNMAP'),
  ...each(ATTACHED, 'attach', 'ok', 'v2 ATTACH; R3; R33'),
  ...each(['dummy'], 'attach', 'EINVAL attach.prereg', 'R31, R32'),
  ...each(ATTACHED, 'detach', 'ok', 'v2 DETACH'),
  ...each(['dummy'], 'detach', 'ENOENT', 'R5: not attached'),
  ...each(V2_MAPPED, 'create-child', 'ok', 'v2 ALLOC with a parent; R19; R31 to R33'),
  ...each(V2_MAPPED, 'bind-pgtable', NO_WORDS, 'rfc 3: folded into the allocation'),
  ...each(V2_MAPPED, 'bind-pasid-table', NO_WORDS, 'rfc 3: folded into the allocation'),
  ...each(V2_MAPPED, 'get-info', NO_WORDS, 'rfc 3: info is asked by cookie, before allocation'),
  ...each(V2_MAPPED, 'invalidate-all', 'EOPNOTSUPP', 'R23: kernel-managed'),
  ...each(V2_MAPPED, 'invalidate-range', 'EOPNOTSUPP', 'R23: kernel-managed'),
  ...each(['dummy'], 'fault-report', 'EAGAIN', 'R31, R38: nothing attaches, so nothing waits'),
  ...each(V2_MAPPED, 'free', 'ok', 'v2 FREE'),
  ...V2_ON_NOTHING.flatMap(operation => each(['block-dma'], operation, 'ENOENT', 'rfc 3; R12')),
]

/** /dev/iommu as proposed, on VT-d. */
export const SETTLED_V2_VTD: readonly Settled[] = [
  ...ANYWHERE_V2,
  ...each(ATTACHED, 'attach-pasid', 'ok', 'v2 ATTACH with a vPASID; R24'),
  ...each(['dummy'], 'attach-pasid', 'EINVAL attach.prereg', 'R31, R32'),
  ['user-child', 'map', 'EOPNOTSUPP', 'v2 MAP: as v1'],
  ['user-child', 'unmap', 'EOPNOTSUPP', 'v2 UNMAP: as v1'],
  ['user-child', 'attach', 'ok', 'v2 ATTACH'],
  ['user-child', 'attach-pasid', 'ok', 'v2 4.4'],
  ['user-child', 'detach', 'ok', 'v2 DETACH'],
  ['user-child', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['user-child', 'invalidate-all', 'ok', 'v2 INVALIDATE_CACHE'],
  ['user-child', 'invalidate-range', 'ok', 'v2 INVALIDATE_CACHE'],
  ['user-child', 'fault-report', 'ok', 'rfc 6; R38'],
  ['user-child', 'dirty-tracking', 'EOPNOTSUPP', 'R39'],
  ['user-child', 'free', 'ok', 'v2 FREE'],
  ['sva', 'map', 'EOPNOTSUPP', 'R34'],
  ['sva', 'unmap', 'EOPNOTSUPP', 'R34'],
  ['sva', 'attach', 'EINVAL', 'R34: attach needs a PASID'],
  ['sva', 'attach-pasid', 'ok', 'R34'],
  ['sva', 'detach', 'ok', 'R5: the only PASID'],
  ['sva', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['sva', 'dirty-tracking', 'EOPNOTSUPP', 'R39'],
  ['sva', 'free', 'ok', 'v2 FREE'],
  ...EVERY_OPERATION.filter(operation => !FOLDED.includes(operation)).flatMap(operation =>
    each(['user-pasid-table'], operation, 'no-type:EOPNOTSUPP', 'R25: VT-d'),
  ),
]

/** /dev/iommu as proposed, on PAPR. */
export const SETTLED_V2_PAPR: readonly Settled[] = [
  ...ANYWHERE_V2,
  ...each(ATTACHED, 'attach-pasid', 'EOPNOTSUPP', 'R24: no capability'),
  ...EVERY_OPERATION.filter(operation => !FOLDED.includes(operation)).flatMap(operation => [
    ...each(['user-child'], operation, 'no-type:EOPNOTSUPP', 'R21, R25: PAPR has neither'),
    ...each(['user-pasid-table'], operation, 'no-type:EOPNOTSUPP', 'R25: PAPR has neither'),
    ...each(['sva'], operation, 'no-type:EOPNOTSUPP', 'R24, R34: no PASID to attach with'),
  ]),
]

const NOT_OF_A_CONTAINER: readonly TableType[] = [
  'kernel-child',
  'user-child',
  'user-pasid-table',
  'sva',
  'dummy',
]

/** Containers of VFIO with type1v2, whose sections are those of the iommufd facts. */
export const SETTLED_TYPE1: readonly Settled[] = [
  ['kernel-root', 'map', 'ok', 'type1 7.2'],
  ['kernel-root', 'unmap', 'ok', 'type1 7.3'],
  ['kernel-root', 'attach', 'ok', 'type1 7.4: attach group'],
  ['kernel-root', 'detach', 'ok', 'type1 7.4: detach last group'],
  ['kernel-root', 'get-info', 'ok', 'type1 7.4'],
  ['kernel-root', 'dirty-tracking', 'ok', 'type1 7.4'],
  ...EVERY_OPERATION.flatMap(operation =>
    each(NOT_OF_A_CONTAINER, operation, NO_WORDS, 'type1 7: one table, written by the kernel, no PASIDs'),
  ),
  ...each(['kernel-root', 'block-dma'], 'attach-pasid', NO_WORDS, 'type1 7: no PASIDs'),
  ...each(['kernel-root', 'block-dma'], 'create-child', NO_WORDS, 'type1 7: one table'),
  ...each(['kernel-root', 'block-dma'], 'bind-pgtable', NO_WORDS, 'type1 7: NESTING is gone'),
  ...each(['kernel-root', 'block-dma'], 'invalidate-all', NO_WORDS, 'type1 7: NESTING is gone'),
]

/** /dev/iommu as proposed, on SMMUv3: PASIDs are delegated to the guest. */
export const SETTLED_V2_SMMU: readonly Settled[] = [
  ...ANYWHERE_V2,
  ...each(ATTACHED, 'attach-pasid', 'EINVAL pasid.delegated', 'R24: with PASID_DELEGATED'),
  ...each(['dummy'], 'attach-pasid', 'EINVAL attach.prereg', 'R31, R32'),
  ...EVERY_OPERATION.filter(operation => !FOLDED.includes(operation)).flatMap(operation =>
    each(['user-child'], operation, 'no-type:EOPNOTSUPP', 'R25: a single table beneath a PASID table only'),
  ),
  ['user-pasid-table', 'map', 'EOPNOTSUPP', 'v2 MAP: user-managed'],
  ['user-pasid-table', 'unmap', 'EOPNOTSUPP', 'v2 UNMAP: user-managed'],
  ['user-pasid-table', 'attach', 'EINVAL', 'R25: one device'],
  ['user-pasid-table', 'attach-pasid', 'EINVAL', 'R24, R25'],
  ['user-pasid-table', 'detach', 'ok', 'v2 DETACH'],
  ['user-pasid-table', 'create-child', 'EOPNOTSUPP', 'R19'],
  ['user-pasid-table', 'invalidate-all', 'ok', 'v2 INVALIDATE_CACHE; R23'],
  ['user-pasid-table', 'fault-report', 'ok', 'rfc 6: from a PASID table, too; R38'],
  ['user-pasid-table', 'dirty-tracking', 'EOPNOTSUPP', 'R39: of the user'],
  ['user-pasid-table', 'free', 'ok', 'v2 FREE'],
]

/** /dev/iommu of Linux on VT-d; sections are those of the iommufd facts. */
export const SETTLED_IOMMUFD: readonly Settled[] = [
  ['kernel-root', 'map', 'ok', 'iommufd 2.4'],
  ['kernel-root', 'unmap', 'ok', 'iommufd 2.7'],
  ['kernel-root', 'attach', 'ok', 'iommufd 3.1: attach to an IOAS'],
  ['kernel-root', 'attach-pasid', 'EINVAL', 'iommufd 6, pasid_attach: an IOAS id on a PASID'],
  ['kernel-root', 'detach', 'ok', 'iommufd 3.1'],
  ['kernel-root', 'create-child', 'ok', 'iommufd 2.11: nested over a HWPT made as a parent'],
  ['kernel-root', 'invalidate-all', 'EINVAL', 'iommufd 6, alloc_hwpt_nested: on a table of the kernel'],
  ['kernel-root', 'invalidate-range', 'EINVAL', 'iommufd 6, alloc_hwpt_nested: on a table of the kernel'],
  ['kernel-root', 'dirty-tracking', 'EOPNOTSUPP', 'iommufd 2.13: not made for it'],
  ['kernel-root', 'free', 'ok', 'iommufd 1: a table of its own goes with the last device'],
  ['user-child', 'map', 'ENOENT', 'iommufd 1: a lookup of another type'],
  ['user-child', 'unmap', 'ENOENT', 'iommufd 1: a lookup of another type'],
  ['user-child', 'attach', 'ok', 'iommufd 3.1'],
  ['user-child', 'detach', 'ok', 'iommufd 3.1'],
  ['user-child', 'create-child', 'EINVAL', 'iommufd 6, alloc_hwpt_nested: nested on nested'],
  ['user-child', 'invalidate-all', 'ok', 'iommufd 2.15'],
  ['user-child', 'invalidate-range', 'ok', 'iommufd 2.15'],
  ['user-child', 'dirty-tracking', 'ENOENT', 'iommufd 1: a lookup of another type'],
  ['user-child', 'free', 'ok', 'iommufd 1'],
  ...each(['block-dma'], 'map', 'ENOENT', 'iommufd 1: ids start at 1'),
  ...each(['block-dma'], 'attach', 'ENOENT', 'iommufd 1: ids start at 1'),
  ...each(['block-dma'], 'detach', 'ok', 'iommufd 3.1: detached already'),
  ...each(['block-dma'], 'free', 'ENOENT', 'iommufd 1: ids start at 1'),
  ...EVERY_OPERATION.flatMap(operation =>
    each(['kernel-child', 'sva'], operation, NO_WORDS, 'iommufd 8: software nesting and SVA did not land'),
  ),
]
