/** VT-d faults as values and as fault records (VT-d 7.1, 11.4.14). Reasons are in faults.data.ts. */
import { assert } from '../../../bits'
import type { Access, HwFault, TranslateRequest } from '../../contract'
import { encodeStruct } from '../../struct'
import type { VtdConfig } from './config'
import { LEGACY_FAULTS, RECOVERABLE, SCALABLE_FAULTS } from './faults.data'
import type { WalkFault } from './stage-walk'
import { FAULT_RECORD } from './structures.data'

/** Where a fault came up, and what the entries on the way said about faults. */
export interface FaultPlace extends WalkFault {
  /** Fault processing disabled. */
  readonly fpd: boolean
  readonly pageRequests: boolean
}

/** The fault in the words of the mode. */
export function faultOf(config: VtdConfig, request: TranslateRequest, place: FaultPlace): HwFault {
  const reason = (config.mode === 'scalable' ? SCALABLE_FAULTS : LEGACY_FAULTS)[place.condition]
  assert(reason !== undefined, `${place.condition} has no code in ${config.mode} mode`)
  return {
    code: `0x${reason.code.toString(16).padStart(2, '0')}`,
    name: `${reason.id} ${reason.name}`,
    stage: place.stage,
    level: place.level,
    address: request.address,
    ...(place.guestAddress === undefined ? {} : { guestAddress: place.guestAddress }),
    access: request.access,
    recoverable: place.pageRequests && request.device.pri && RECOVERABLE.has(place.condition),
    suppressed: place.fpd && reason.qualified,
  }
}

/** The two words of a fault recording register. */
export function faultRecord(fault: {
  readonly sid: number
  readonly pasid: number | null
  readonly address: bigint
  readonly access: Access
  readonly code: number
}): bigint[] {
  const tag = fault.pasid === null ? {} : { PP: 1, PV: fault.pasid }
  const type = fault.access === 'read' ? 1 : 0
  return encodeStruct(FAULT_RECORD, {
    F: 1,
    T: type,
    FR: fault.code,
    FI: fault.address,
    SID: fault.sid,
    ...tag,
  })
}
