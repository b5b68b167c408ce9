/** What the cards of v2's words tell: where each call is from, what it gives back, which rules it may break. */
import type { CommandDocs, DialectDocs } from '../contract'
import {
  ATTACH,
  BOUND,
  docs,
  FILE_DOCS,
  KVM,
  MAPPABLE,
  OUR_DOCS,
  READY,
  REVIEW_MAIL,
  UNMAP_WRITES,
  V1_MAIL,
  V2_MAIL,
  ZERO,
} from '../proposal-docs.data'
import { CONSTANT_DOCS } from './constants.data'

const CONTEXT: Readonly<Record<string, CommandDocs>> = {
  IOMMU_CHECK_EXTENSION: docs({
    source: 'v2 2.1, nr 0',
    returns: '1 where the file has it, else 0',
    rules: [],
  }),
  IOMMU_DEVICE_GET_INFO: docs({
    source: 'v2 2.1, nr 1; R37',
    returns: ZERO,
    rules: ['cookie.unknown'],
    writes: [
      { name: 'flags', type: '__u32', doc: 'IOMMU_DEVICE_INFO_*' },
      { name: 'caps', type: 'list', doc: 'what a space for the device can do: type1 map, binding of tables' },
      { name: 'nesting', type: 'word', doc: 'software or hardware' },
      { name: 'page_sizes', type: '__u64', doc: 'a mask: bit n for pages of 2^n bytes' },
      { name: 'addr_width', type: '__u32', doc: 'bits of an address' },
      { name: 'ranges', type: 'list', doc: 'IOVA ranges, permitted or reserved by the knob iova-report' },
      { name: 'formats', type: 'list', doc: 'formats of a table that the user may write' },
      { name: 'pasid_formats', type: 'list', doc: 'formats of a PASID table that the user may write' },
      { name: 'enforce_snoop', type: '__u32', doc: '1 where the IOMMU can make the DMA snoop' },
    ],
  }),
  IOMMU_IOASID_ALLOC: docs({
    source: 'v2 2.1, nr 2; R12, R19 to R21, R25, R30',
    returns: 'the new ioasid, the lowest number free',
    rules: [
      'alloc.*',
      'prereg.off',
      'prereg.beside-dummy',
      ...READY,
      'nest.*',
      'bind-pgtable.*',
      'bind-pasid-table.*',
    ],
  }),
  IOMMU_IOASID_FREE: docs({
    source: 'v2 2.1, nr 3; R18',
    returns: ZERO,
    rules: ['id.unknown', 'space.busy'],
  }),
  IOMMU_MAP_DMA: docs({
    source: 'v2 2.1, nr 4; R6, R13 to R15',
    returns: ZERO,
    rules: [...MAPPABLE, 'map.*', 'alloc.no-space'],
  }),
  IOMMU_UNMAP_DMA: docs({
    source: 'v2 2.1, nr 5; R17, R18',
    returns: ZERO,
    rules: [...MAPPABLE, 'unmap.*', 'alloc.no-space'],
    writes: UNMAP_WRITES,
  }),
  IOMMU_INVALIDATE_CACHE: docs({
    source: 'v2 2.1, nr 6; R23',
    returns: ZERO,
    rules: [...READY, 'invalidate.*', 'cookie.unknown'],
  }),
}

const OURS: Readonly<Record<string, CommandDocs>> = {
  IOMMU_IOASID_ENABLE: OUR_DOCS.ENABLE,
  IOMMU_IOASID_SET_PREREG: OUR_DOCS.SET_PREREG,
  IOMMU_IOASID_LOOKUP: OUR_DOCS.LOOKUP,
  IOMMU_PAGE_RESPONSE: { ...OUR_DOCS.PAGE_RESPONSE, source: 'v2 2.1, page fault; R38' },
  IOMMU_IOASID_SET_DIRTY: OUR_DOCS.SET_DIRTY,
  IOMMU_IOASID_GET_DIRTY: OUR_DOCS.GET_DIRTY,
}

const DEVICE: Readonly<Record<string, CommandDocs>> = {
  VFIO_BIND_IOMMU_FD: docs({
    source: 'v2 2.2, VFIO 22; R10',
    returns: ZERO,
    rules: ['fd.bad', 'fd.wrong-file', 'bind.taken', 'bind.cookie-taken', 'group.not-viable'],
  }),
  VFIO_DEVICE_GET_INFO: docs({
    source: 'v2 1.4.4, 2.2',
    returns: ZERO,
    rules: ['bind.not-bound'],
    writes: [
      { name: 'caps', type: 'list', doc: '5 where the user may have vPASIDs on the device' },
      { name: 'PASID_DELEGATED', type: '__u32', doc: '1: the PASID table is that of the user' },
      { name: 'PASID_CPU', type: '__u32', doc: '1: the processor may carry vPASIDs, by ENQCMD' },
      { name: 'PASID_CPU_VIRT', type: '__u32', doc: '1: it must translate them first' },
      { name: 'no_snoop', type: '__u32', doc: '1: the device can do DMA that does not snoop' },
    ],
  }),
  VFIO_ATTACH_IOASID: docs({ source: 'v2 2.2, VFIO 23; R1 to R3, R11', returns: ZERO, rules: ATTACH }),
  VFIO_DETACH_IOASID: docs({
    source: 'v2 2.2, VFIO 24; R5, R6',
    returns: ZERO,
    rules: [...BOUND, 'detach.*'],
  }),
  KVM_CHECK_EXTENSION: docs({ source: 'v2 2.3, capability 206', returns: '1 or 0', rules: [] }),
  KVM_ENABLE_CAP: docs({
    source: 'v2 1.4.2, 2.3, capability 206',
    returns: ZERO,
    rules: ['kvm.capability', 'kvm.no-translation'],
  }),
  KVM_MAP_PASID: docs({ source: 'v2 2.3, KVM 0xf0; R40', returns: ZERO, rules: KVM }),
  KVM_UNMAP_PASID: docs({ source: 'v2 2.3, KVM 0xf1; R40', returns: ZERO, rules: KVM }),
}

export const DOCS: DialectDocs = {
  mails: { v1: V1_MAIL, v2: V2_MAIL, rfc: V2_MAIL, review: REVIEW_MAIL },
  anyCall: ['fd.bad', 'fd.wrong-command'],
  commands: { ...CONTEXT, ...OURS, ...DEVICE },
  constants: CONSTANT_DOCS,
  files: {
    '/dev/iommu': 'The address space file: each open is a context with spaces and devices of its own.',
    ...FILE_DOCS,
    '/dev/vfio/devices/':
      'A device file, as the proposal writes it. The last part is the name of the device, or its PCI address.',
  },
}
