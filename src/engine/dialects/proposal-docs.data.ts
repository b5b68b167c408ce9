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
