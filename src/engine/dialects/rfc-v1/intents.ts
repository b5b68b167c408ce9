/** How a VMM's calls are spelled in /dev/ioasid: spaces are made by two calls, tables are bound to them. */
import type { Intents } from '../contract'
import { proposalIntents, typeField } from '../proposal-intents'

export const INTENTS: Intents = proposalIntents({
  own: 'VFIO_BIND_IOASID_FD',
  enable: 'IOASID_ENABLE',
  free: 'IOASID_FREE',
  map: 'IOASID_MAP_DMA',
  unmap: 'IOASID_UNMAP_DMA',
  invalidate: 'IOASID_INVALIDATE_CACHE',
  respond: 'IOASID_PAGE_RESPONSE',
  make: (over, type) =>
    over === null
      ? { command: 'IOASID_ALLOC', fields: typeField(type) }
      : { command: 'IOASID_CREATE_NESTING', fields: { ioasid: over } },
  bind: (ioasid, table, of) => ({
    command: of === 'pasid-table' ? 'IOASID_BIND_PASID_TABLE' : 'IOASID_BIND_PGTABLE',
    fields: { ioasid, addr: table },
  }),
  nest: null,
  namesFile: false,
})
