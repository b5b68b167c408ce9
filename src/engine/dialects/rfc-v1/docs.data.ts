/**
 * What the cards of v1's words tell: where each call is from, what it gives back, which rules it may
 * break. The proposal names the inputs of its calls and fixes no struct, so no layout is shown.
 *
 * Sources: rfc 2, 9 and 10; the mails are the public ones of the thread.
 */
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
  ZERO,
} from '../proposal-docs.data'
import { SHARED_CONSTANT_DOCS } from '../proposal-words.data'

const CONTEXT: Readonly<Record<string, CommandDocs>> = {
  IOASID_CHECK_EXTENSION: docs({
    source: 'v1 2, nr 0',
    returns: '1 where the file has it, else 0',
    rules: [],
  }),
  IOASID_REGISTER_MEMORY: docs({ source: 'v1 2, nr 1; R14, R16', returns: ZERO, rules: ['register.*'] }),
  IOASID_UNREGISTER_MEMORY: docs({
    source: 'v1 2, nr 2; R16',
    returns: ZERO,
    rules: ['register.off', 'register.align', 'register.wrap', 'unregister.*'],
  }),
  IOASID_ALLOC: docs({
    source: 'v1 2, nr 3; R7, R12, R30',
    returns: 'the new ioasid, the lowest number free',
    rules: ['alloc.type', 'alloc.too-many', 'prereg.off', 'prereg.beside-dummy'],
  }),
  IOASID_FREE: docs({ source: 'v1 2, nr 4; R18', returns: ZERO, rules: ['id.unknown', 'space.busy'] }),
  IOASID_GET_INFO: docs({
    source: 'v1 2, nr 5; R7, R37',
    returns: ZERO,
    rules: READY,
    writes: [
      { name: 'caps', type: 'list', doc: 'what the space can do: type1 map, binding of tables' },
      { name: 'nesting', type: 'word', doc: 'software, hardware or none' },
      { name: 'page_sizes', type: '__u64', doc: 'a mask: bit n for pages of 2^n bytes' },
      { name: 'ranges', type: 'list', doc: 'IOVA ranges, reserved or permitted by the knob iova-report' },
      { name: 'formats', type: 'list', doc: 'formats of a table that the user may write' },
      { name: 'pasid_formats', type: 'list', doc: 'formats of a PASID table that the user may write' },
      { name: 'children', type: '__u32', doc: 'spaces nested on this one' },
    ],
  }),
  IOASID_MAP_DMA: docs({
    source: 'v1 2, nr 6; R13, R14, R15',
    returns: ZERO,
    rules: [...MAPPABLE, 'map.*', 'alloc.no-space'],
  }),
  IOASID_UNMAP_DMA: docs({
    source: 'v1 2, nr 7; R17, R18',
    returns: ZERO,
    rules: [...MAPPABLE, 'unmap.*', 'alloc.no-space'],
    writes: UNMAP_WRITES,
  }),
  IOASID_CREATE_NESTING: docs({
    source: 'v1 2, nr 8; R19, R20',
    returns: 'the ioasid of the child',
    rules: [...READY, 'nest.*', 'alloc.too-many'],
  }),
}

const TABLES: Readonly<Record<string, CommandDocs>> = {
  IOASID_BIND_PGTABLE: docs({
    source: 'v1 2, nr 9; R21, R25',
    returns: ZERO,
    rules: [...READY, 'enable.before', 'op.table-type', 'bind-pgtable.*'],
  }),
  IOASID_UNBIND_PGTABLE: docs({
    source: 'v1 2, nr 10; R8, R22',
    returns: ZERO,
    rules: [...READY, 'enable.before', 'unbind-pgtable.*', 'alloc.no-space'],
  }),
  IOASID_BIND_PASID_TABLE: docs({
    source: 'v1 2, nr 11; R25',
    returns: ZERO,
    rules: [...READY, 'enable.before', 'op.table-type', 'bind-pasid-table.*', 'bind-pgtable.no-nesting'],
  }),
  IOASID_UNBIND_PASID_TABLE: docs({
    source: 'v1 2, nr 12; R8, R25',
    returns: ZERO,
    rules: [...READY, 'enable.before', 'unbind-pasid-table.*', 'alloc.no-space'],
  }),
  IOASID_INVALIDATE_CACHE: docs({
    source: 'v1 2, nr 13; R23',
    returns: ZERO,
    rules: [...READY, 'invalidate.*', 'cookie.unknown'],
  }),
}

const OURS: Readonly<Record<string, CommandDocs>> = {
  IOASID_ENABLE: OUR_DOCS.ENABLE,
  IOASID_SET_PREREG: OUR_DOCS.SET_PREREG,
  IOASID_LOOKUP: OUR_DOCS.LOOKUP,
  IOASID_PAGE_RESPONSE: OUR_DOCS.PAGE_RESPONSE,
  IOASID_SET_DIRTY: OUR_DOCS.SET_DIRTY,
  IOASID_GET_DIRTY: OUR_DOCS.GET_DIRTY,
}

const DEVICE: Readonly<Record<string, CommandDocs>> = {
  VFIO_BIND_IOASID_FD: docs({
    source: 'v1 2, VFIO 22; R10',
    returns: ZERO,
    rules: ['fd.bad', 'fd.wrong-file', 'bind.taken', 'group.not-viable'],
  }),
  VFIO_UNBIND_IOASID_FD: docs({
    source: 'v1 2, VFIO 23; R8, R10',
    returns: ZERO,
    rules: [
      'fd.bad',
      'fd.wrong-file',
      'bind.not-bound',
      'bind.other-context',
      'bind.which',
      'unbind.attached',
    ],
  }),
  VFIO_ATTACH_IOASID: docs({ source: 'v1 2, VFIO 24; R1 to R3, R11', returns: ZERO, rules: ATTACH }),
  VFIO_DETACH_IOASID: docs({
    source: 'v1 2, VFIO 25; R5, R6',
    returns: ZERO,
    rules: [...BOUND, 'detach.*'],
  }),
  KVM_MAP_PASID: docs({ source: 'v1 2, KVM 0xf0; R40', returns: ZERO, rules: KVM }),
  KVM_UNMAP_PASID: docs({ source: 'v1 2, KVM 0xf1; R40', returns: ZERO, rules: KVM }),
}

export const DOCS: DialectDocs = {
  mails: { v1: V1_MAIL, rfc: V1_MAIL, review: REVIEW_MAIL },
  anyCall: ['fd.bad', 'fd.wrong-command'],
  commands: { ...CONTEXT, ...TABLES, ...OURS, ...DEVICE },
  constants: {
    IOASID_ATTACH_USER_PASID:
      'Flag of an attach: route one PASID of the device, user_pasid, instead of its RID.',
    ...SHARED_CONSTANT_DOCS,
    EXT_MEMORY_PREREG: 'Extension: memory can be registered ahead of mapping. 1 under prereg=command only.',
  },
  files: {
    '/dev/ioasid':
      'The address space file: each open is a context with spaces, devices and registered memory of its own.',
    ...FILE_DOCS,
  },
}
