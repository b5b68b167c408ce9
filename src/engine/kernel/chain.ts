/** The spaces that a device is attached to by its RID, one below the other. */
import type { DeviceRecord } from './state'

/** The uids of a device's RID attachments, root first. */
export function ridChain(device: DeviceRecord): readonly number[] {
  return device.attachments.filter(at => at.pasid === null).map(at => at.space)
}
