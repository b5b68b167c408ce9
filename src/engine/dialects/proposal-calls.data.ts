/**
 * Calls that both proposals have, less what each spells its own way: the name, the number, and the sentence where
 * the two do not say the same of a call. A proposal spreads a row of these into its own.
 */

import { type CommandRow, command, field, label } from './command-rows'
import type { Command } from './contract'
import { attach, detach, mapPasid, unmapPasid } from './device-calls'
import { pageResponse } from './fault-calls'
import {
  COOKIE,
  type Extension,
  FD,
  FLAGS,
  IOASID,
  IOVA,
  onSpace,
  SIZE,
  USER_PASID,
  VADDR,
} from './proposal-words.data'
import {
  checkExtension,
  enable,
  free,
  getDirty,
  invalidateCache,
  lookupIova,
  mapMemory,
  setDirty,
  setPrereg,
  unmapMemory,
} from './space-calls'

type Shared = Omit<CommandRow, 'name' | 'nr'>
/** A call of which each proposal has its own sentence. */
type Untold = Omit<Shared, 'doc'>

export const checkExtensionOf = (extensions: readonly Extension[]): Shared => ({
  file: 'context',
  argument: 'either',
  bareField: 'extension',
  fields: [field('extension', 'extension', 'an EXT_ constant')],
  doc: 'Returns 1 when the file has the extension, else 0.',
  label: label('CHECK', 'extension'),
  lower: checkExtension(extensions),
})

const withStruct = { file: 'context', argument: 'struct' } as const

export const FREE: Shared = {
  ...onSpace,
  doc: 'Frees an address space that has neither devices nor children.',
  label: label('FREE', 'ioasid'),
  lower: free,
}

export const MAP: Untold = {
  ...withStruct,
  fields: [IOASID, IOVA, VADDR, SIZE, FLAGS],
  label: label('MAP', 'ioasid', 'iova'),
  lower: mapMemory,
}

export const UNMAP: Shared = {
  ...withStruct,
  fields: [IOASID, IOVA, SIZE],
  doc: 'Unmaps; writes the bytes removed into size. What it may cover is the knob unmap.',
  label: label('UNMAP', 'ioasid', 'iova'),
  lower: unmapMemory,
}

export const INVALIDATE_CACHE: Untold = {
  ...onSpace,
  fields: [
    IOASID,
    field('iova', 'iova', 'first address', ['addr']),
    field('size', 'size', 'bytes; left out: everything'),
    field('cache', 'number', 'IOMMU_CACHE_INV_TYPE_* bits; left out: every one'),
    COOKIE,
    USER_PASID,
  ],
  label: label('INVALIDATE', 'ioasid', 'iova'),
  lower: invalidateCache,
}

/** An attach or a detach: of the RID, or under the flag `byPasid` of one PASID. */
const routing = (byPasid: string) =>
  ({
    file: 'device',
    argument: 'either',
    bareField: 'ioasid',
    fields: [
      IOASID,
      FD,
      field('flag', 'flags', `${byPasid} routes one PASID instead of the RID`, ['flags']),
      USER_PASID,
    ],
  }) as const

export const attachBy = (byPasid: string): Untold => ({
  ...routing(byPasid),
  label: label('ATTACH', 'ioasid'),
  lower: attach,
})

export const detachBy = (byPasid: string): Untold => ({
  ...routing(byPasid),
  label: label('DETACH', 'ioasid'),
  lower: detach,
})

/** An idea of the thread under a name and number of ours (R30, R35, R36, R38, R39). */
type Ours = Omit<CommandRow, 'name'>

export const ENABLE: Ours = {
  ...onSpace,
  nr: 32,
  origin: 'ours',
  doc: 'Ends the attach phase of a space (activation=enable-call). Ours, not in the RFC.',
  label: label('ENABLE', 'ioasid'),
  lower: enable,
}

export const SET_PREREG: Ours = {
  ...onSpace,
  nr: 33,
  origin: 'ours',
  doc: 'Marks an unused space as preregistration only. Ours, not in the RFC.',
  label: label('SET_PREREG', 'ioasid'),
  lower: setPrereg,
}

export const LOOKUP: Ours = {
  ...withStruct,
  nr: 34,
  origin: 'ours',
  fields: [IOASID, IOVA],
  doc: 'Translates one IOVA for debugging (lookup=yes). Ours, not in the RFC.',
  label: label('LOOKUP', 'ioasid', 'iova'),
  lower: lookupIova,
}

export const PAGE_RESPONSE: Ours = {
  ...withStruct,
  nr: 35,
  origin: 'ours',
  fields: [
    IOASID,
    field('addr', 'iova', 'the address of the report', ['iova', 'address']),
    field('code', 'number', 'IOASID_PAGE_RESP_*'),
    COOKIE,
    USER_PASID,
  ],
  doc: 'Answers a page fault that was read from the file. Ours, not in the RFC.',
  label: label('PAGE_RESPONSE', 'ioasid', 'addr'),
  lower: pageResponse,
}

export const SET_DIRTY: Ours = {
  ...withStruct,
  nr: 36,
  origin: 'ours',
  fields: [IOASID, field('enable', 'number', '1 on, 0 off')],
  doc: 'Switches dirty tracking of a space on, with every page clean, or off. Ours, not in the RFC.',
  label: label('SET_DIRTY', 'ioasid'),
  lower: setDirty,
}

export const GET_DIRTY: Ours = {
  ...withStruct,
  nr: 37,
  origin: 'ours',
  fields: [IOASID, IOVA, SIZE, field('page_size', 'size', 'bytes per bit; left out: 4 KiB')],
  doc: 'Tells which pages devices wrote since it was last asked, and cleans them. Ours, not in the RFC.',
  label: label('GET_DIRTY', 'ioasid', 'iova'),
  lower: getDirty,
}

const translatedPasid = {
  file: 'kvm',
  argument: 'struct',
  fields: [field('ioasid_fd', 'context-fd', 'the address space file', ['iommu_fd']), IOASID, USER_PASID],
  doc: 'The translation of PASIDs by the processor, for ENQCMD.',
} as const

export const KVM_PASID_COMMANDS: readonly Command[] = [
  command({
    ...translatedPasid,
    name: 'KVM_MAP_PASID',
    nr: 0xf0,
    label: label('MAP_PASID', 'user_pasid'),
    lower: mapPasid,
  }),
  command({
    ...translatedPasid,
    name: 'KVM_UNMAP_PASID',
    nr: 0xf1,
    label: label('UNMAP_PASID', 'user_pasid'),
    lower: unmapPasid,
  }),
]
