/** The knobs of v2: the proposal's own choice first where it made one. */
import type { KnobWord } from '../../flow/vocabulary'
import { knob } from '../proposal-knobs.data'

export const KNOBS: readonly KnobWord[] = [
  knob('prereg', ['none', 'ioas', 'dummy-root']),
  knob('activation', ['first-attach', 'enable-call']),
  knob('ready', ['any-time', 'after-attach']),
  knob('unmap', ['exact', 'type1v2', 'type1', 'iommufd']),
  knob('iova-report', ['permitted', 'reserved']),
  knob('parent-change', ['reshadow', 'refuse']),
  knob('shadow-user-tables', ['no', 'shadow-on-invalidate']),
  knob('pasid-routing', ['attach-flag', 'by-child']),
  knob('pasid-table', ['delegated', 'tracked']),
  knob('group', ['block-dma', 'partial-list', 'same-table']),
  knob('fault-target', ['cookie', 'any-device']),
  knob('invalidate-scope', ['child-only', 'any-ioasid']),
  knob('initial-attach', ['explicit', 'papr']),
  knob('lookup', ['no', 'yes']),
]
