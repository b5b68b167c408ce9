/** The order of checks of each call of v1; those of both proposals stand beside the dialects. */
import type { RuleId } from '../../kernel/rules.data'
import { ATTACH, DETACH, FILE, MAP, READY, UNMAP } from '../proposal-checks.data'

const REGISTER: readonly RuleId[] = [...FILE, 'register.off', 'register.align', 'register.wrap']

export const CHECKS: Readonly<Record<string, readonly RuleId[]>> = {
  IOASID_MAP_DMA: MAP,
  IOASID_UNMAP_DMA: UNMAP,
  IOASID_REGISTER_MEMORY: [...REGISTER, 'register.overlap', 'register.fault', 'register.memlock'],
  IOASID_UNREGISTER_MEMORY: [...REGISTER, 'unregister.not-exact', 'unregister.mapped'],
  IOASID_CREATE_NESTING: [...FILE, ...READY, 'nest.parent-type'],
  IOASID_FREE: [...FILE, 'id.unknown', 'space.busy'],
  VFIO_BIND_IOASID_FD: [...FILE, 'fd.bad', 'fd.wrong-file', 'bind.taken', 'group.not-viable'],
  VFIO_ATTACH_IOASID: ATTACH,
  VFIO_DETACH_IOASID: DETACH,
}
