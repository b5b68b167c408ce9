/**
 * Intel VT-d: root, context and PASID structures in memory, second-stage translation, IOTLB and its
 * invalidation. Models the VT-d architecture specification as far as NOT_MODELLED does not say otherwise.
 */
import { pow2 } from '../../../bits'
import type { HwContext, HwDevice, Platform, TableSpec } from '../../contract'
import { createIotlb, iotlbLines } from '../../iotlb-entries'
import { iotlbListing } from '../../iotlb-listing'
import { configureVtd, VTD_PARAMS, type VtdConfig, vtdCaps, widthOf } from './config'
import { describeVtd } from './describe'
import { allocFrames } from './entries'
import { invalidateVtd } from './invalidate'
import { routeVtd } from './route'
import { SECOND_STAGE, secondStageConfig } from './second-stage'
import type { VtdState } from './state'
import { translateVtd } from './translate'

const NOT_MODELLED: readonly string[] = [
  'first-stage and nested translation: such a PASID entry is refused as programmed wrongly',
  'ATS, device TLBs and page requests: commands for them are issued and drop nothing',
  'context, PASID and paging-structure caches: configuration is read from memory for every request',
  'the invalidation queue as a ring: a command takes effect as it is submitted',
  'fault recording registers: a fault is a value, its record can be computed',
  'interrupt remapping: requests to 0xfee00000-0xfeefffff are refused as interrupt messages',
  'under CM=1, entries that were not present are never cached; the flushes are issued all the same',
  'registers, memory typing, execute permission, translation switched off (TE=0)',
]

export const vtd: Platform<VtdConfig, VtdState> = {
  id: 'vtd',
  title: 'Intel VT-d',
  notModelled: NOT_MODELLED,
  params: VTD_PARAMS,
  configure(params) {
    return configureVtd(params)
  },
  caps: vtdCaps,
  tablesFor,
  init,
  route: routeVtd,
  invalidate: invalidateVtd,
  translate: translateVtd,
  cacheLines: (ctx, state) => iotlbLines(ctx.bulk.words.data, state.iotlb),
  caches: (ctx, state) => [iotlbListing(ctx.bulk, state.iotlb)],
  tellingFields: ['DID', 'PGTT', 'TT', 'AW'],
  describe: describeVtd,
}

/** One table serves every device of a space. */
function tablesFor(config: VtdConfig, _device: HwDevice): readonly TableSpec[] {
  const cfg = secondStageConfig(config, config.levels, config.accessedDirty)
  const covers = { firstPage: 0, lastPage: pow2(widthOf(config.levels) - 12) - 1 }
  return [{ key: 'ss', format: SECOND_STAGE, cfg, covers }]
}

function init(ctx: HwContext, config: VtdConfig): VtdState {
  return { config, root: allocFrames(ctx, 1), iotlb: createIotlb(ctx.bulk), routes: [] }
}
