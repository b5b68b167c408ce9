/** The knobs of v1: the proposal's own choice first where it made one. */
import type { KnobWord } from '../../flow/vocabulary'
import { knob } from '../proposal-knobs.data'

export const KNOBS: readonly KnobWord[] = [
  knob('prereg', ['command', 'ioas', 'dummy-root', 'none']),
  knob('activation', ['first-attach', 'enable-call']),
  knob('ready', ['after-attach', 'any-time']),
  knob('unmap', ['exact', 'type1v2', 'type1', 'iommufd']),
  knob('iova-report', ['reserved', 'permitted']),
  knob('parent-change', ['reshadow', 'refuse']),
  knob('shadow-user-tables', ['no', 'shadow-on-invalidate']),
  knob('pasid-routing', ['attach-flag', 'by-child']),
  knob('pasid-table', ['tracked', 'delegated']),
  knob('group', ['partial-list', 'block-dma', 'same-table']),
  knob('fault-target', ['any-device', 'cookie']),
  knob('invalidate-scope', ['child-only', 'any-ioasid']),
  knob('initial-attach', ['explicit', 'papr']),
  knob('lookup', ['no', 'yes']),
]
