/**
 * What the kernel's driver for AMD-Vi lets be built: host tables.
 *
 * Source: iommufd facts 2.11, 2.12; the recordings amd-v1. Not modelled: guest tables of objects, PASIDs and ATS, which
 * the recorded machine does not offer either.
 */
import type { DomainDriver } from '../../domain-driver'
import { unsupported } from '../../domain-driver'
import { type AmdConfig, HOST_TABLE, HYPERTRANSPORT, INTERRUPT_RANGE } from './config'
import { hostConfig } from './tables'

/** Objects have tables of all levels from the start: what grows is a space's. */
const LEVELS = 6

export const amdDriver: DomainDriver<AmdConfig> = {
  name: 'amd-iommu',
  device: config => ({
    reserved: [INTERRUPT_RANGE, HYPERTRANSPORT],
    info: null,
    dirtyTracking: config.dirty,
    pasidLg2: 0,
    ats: false,
  }),
  paging(config, _device, { nestParent, pasid, dirty, data }) {
    if (data !== null) return unsupported('its tables take no data of the user')
    if (nestParent || pasid) return unsupported('guest translation is not there')
    if (dirty && !config.dirty) return unsupported('hardware sets no dirty bits')
    return {
      aperture: { start: 0n, last: (1n << 64n) - 1n },
      granuleLg2: 12,
      table: { format: HOST_TABLE, cfg: hostConfig(LEVELS, config.dirty) },
    }
  },
  attach: () => null,
  viommu: () => null,
}
