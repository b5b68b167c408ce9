/**
 * What the cards of both proposals tell alike: the mails, and the rules that a kind of call may break. The
 * proposals name the inputs of their calls and fix no struct, so no layout is shown.
 */
import type { CommandDocs, Mail } from './contract'

export const docs = (
  row: Partial<CommandDocs> & Pick<CommandDocs, 'source' | 'returns' | 'rules'>,
): CommandDocs => ({
  writes: [],
  layout: null,
  ...row,
})

export const ZERO = '0'
export const READY = ['id.unknown', 'space.unready', 'group.partial'] as const
export const MAPPABLE = [
  ...READY,
  'enable.before',
  'op.table-type',
  'map.size-zero',
  'map.align',
  'map.wrap',
] as const
export const BOUND = [
  'fd.bad',
  'fd.wrong-file',
  'bind.not-bound',
  'bind.which',
  'bind.other-context',
  'id.unknown',
  'attach.flags',
  'attach.by-child',
  'pasid.*',
] as const
export const ATTACH = [
  ...BOUND,
  'attach.*',
  'sva.*',
  'group.split',
  'enable.late-attach',
  'map.*',
  'alloc.no-space',
] as const
export const KVM = ['fd.bad', 'fd.wrong-file', 'id.unknown', 'kvm.*'] as const

export const V1_MAIL: Mail = {
  title: '[RFC] /dev/ioasid uAPI proposal',
  author: 'Kevin Tian',
  date: 'May 2021',
  messageId: 'MWHPR11MB1886422D4839B372C6AB245F8C239@MWHPR11MB1886.namprd11.prod.outlook.com',
}
export const V2_MAIL: Mail = {
  title: '[RFC v2] /dev/iommu uAPI proposal',
  author: 'Kevin Tian',
  date: 'July 2021',
  messageId: 'BN9PR11MB5433B1E4AE5B0480369F97178C189@BN9PR11MB5433.namprd11.prod.outlook.com',
}
export const REVIEW_MAIL: Mail = {
  title: 'Re: [RFC] /dev/ioasid uAPI proposal',
  author: 'David Gibson',
  date: '2 June 2021',
  messageId: 'YLch6zbbYqV4PyVf@yekko',
}

export const UNMAP_WRITES: CommandDocs['writes'] = [{ name: 'size', type: '__u64', doc: 'bytes removed' }]

const TRACKED = [...READY, 'enable.before', 'op.table-type'] as const

/** Calls whose names are ours, by their rows in `proposal-calls.data.ts`. */
export const OUR_DOCS = {
  ENABLE: docs({
    source: 'R35; review',
    returns: ZERO,
    rules: ['id.unknown', 'enable.*', 'space.unready', 'group.partial'],
  }),
  SET_PREREG: docs({ source: 'R30, R31; review', returns: ZERO, rules: ['id.unknown', 'prereg.*'] }),
  LOOKUP: docs({
    source: 'R36; review',
    returns: ZERO,
    rules: ['lookup.*', ...READY],
    writes: [
      { name: 'addr', type: '__u64', doc: 'the address in the output space' },
      { name: 'perm', type: 'word', doc: 'r, w or rw' },
    ],
  }),
  PAGE_RESPONSE: docs({ source: 'R38', returns: ZERO, rules: [...READY, 'fault.code', 'fault.not-pending'] }),
  SET_DIRTY: docs({ source: 'R39', returns: ZERO, rules: [...TRACKED, 'dirty.unsupported'] }),
  GET_DIRTY: docs({
    source: 'R39',
    returns: ZERO,
    rules: [...TRACKED, 'dirty.off', 'dirty.page-size', 'dirty.range', 'dirty.wrap', 'dirty.too-many'],
    writes: [
      {
        name: 'bitmap',
        type: 'bytes',
        doc: 'a bit for each page_size bytes, lowest first, two hexadecimal digits a byte; cleared by reading',
      },
      { name: 'dirty', type: '__u64', doc: 'bits that are set' },
    ],
  }),
} as const

/** What is told of the files that both open beside the address space file. */
export const FILE_DOCS: Readonly<Record<string, string>> = {
  '/dev/kvm': 'Stands for the virtual machine: translates PASIDs for ENQCMD.',
  '/dev/vfio/devices/': 'A device file, as the proposal writes it. The last part is the name of the device.',
  '/dev/vfio/pci/': 'A PCI function by its address, DDDD:BB:SS.F: the form suggested in review.',
  '/dev/vfio/mdev/': 'A mediated device by its name: the form suggested in review.',
  '..': 'A device path that a mail cut short: the last part is the name of the device.',
}
