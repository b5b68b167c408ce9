/** Page tables of any format: contract, registry, the walker, the mapper, inspection. */
export { type ClearRun, clearRun } from './clear'
export {
  type Entry,
  type Geometry,
  type ItemKind,
  type Perm,
  type PtConfig,
  type PtFormat,
  type Quirk,
  READ,
  type SpecRef,
  type TableRef,
  WRITE,
} from './contract'
export { type DirtyRun, dirtyLeaves, joinedRuns, markDirty, marksDirty, type PageRun } from './dirty'
export { canLeaf, inputPages, itemsOf, levelsOf, shiftOf, tableBytes } from './geometry'
export {
  forEachLeaf,
  inputPagesOf,
  type Leaf,
  readTable,
  smallestPages,
  type TableStats,
  tableStats,
} from './inspect'
export { createTable, destroyTable, growTable, type TableWish } from './lifecycle'
export { type MapRun, mapRun } from './map'
export { FORMATS, formatOf } from './registry'
export { joinRuns } from './run-events'
export { type ItemRun, itemAt, itemRuns, type TableItems, tableItems } from './runs'
export { type OpenTable, openTable, type TableKeeper, type TableReader, type TableSink } from './table'
export {
  foldInput,
  type ItemUpdate,
  type WalkLog,
  type WalkOptions,
  type WalkReason,
  type WalkResult,
  walkAddress,
} from './translate'
export { faultLevel, faultReason, walkPage, walkTrail } from './walk'
