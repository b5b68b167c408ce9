/** Address space files of objects: IOAS, page tables, devices, and what belongs to them. */
export { createAccess, destroyAccess, moveAccess, moveBytes, pinRange, unpinRange } from './access'
export { targetOf } from './areas'
export { attach, detach, replace } from './attach'
export { NO_PASID, tableOf } from './attached'
export {
  compatPageSizes,
  compatUnmap,
  compatUnmapAll,
  isViable,
  openInContainer,
  requireCompat,
} from './compat'
export { destroyObject } from './destroy'
export { bind, createTestDevice, deviceObject, publishTestDevice } from './devices'
export { markWritten, readDirty, trackDirty } from './dirty'
export { driverOf } from './driver'
export { answerPlace, createFaultQueue, FAULT_BYTES, readFaults, reportFault } from './fault-queue'
export { writeResponses } from './fault-response'
export { alignmentOf, reserve, U64_MAX, usableRanges } from './io-pagetable'
export {
  allowRanges,
  changeProcess,
  compatIoas,
  copyAreas,
  createIoas,
  findIoas,
  mapFile,
  mapMemory,
  removeWithin,
  setHugePages,
  unmapAreas,
} from './ioas'
export { hpaBehind } from './probe'
export type { AddressSpan } from './range-map'
export type * from './records'
export {
  findObject,
  ioOf,
  isTable,
  objectAt,
  objectOf,
  objectsOf,
  pagetableOf,
  putObject,
  setPagetable,
  shownObjects,
  tablesOf,
  updateIo,
} from './store'
export { createNested, createPaging, joinIoas, setFault, tableKey } from './tables'
export {
  createHwQueue,
  createVdevice,
  createVeventq,
  createViommu,
  invalidate,
  readEvents,
  reportEvent,
} from './viommu'
