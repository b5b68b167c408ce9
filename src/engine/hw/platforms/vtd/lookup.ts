/**
 * From a request to what translates it: root, context, and in scalable mode PASID directory and entry,
 * read from memory and checked in that order (VT-d 3.4, 7.1.3).
 *
 * Not modelled: context and PASID caches (every request reads memory), unreadable memory.
 */
import type { HwContext, Reference } from '../../contract'
import { configReference, readStruct } from '../../memory-struct'
import { reservedBitsSet, type StructLayout, structField } from '../../struct'
import { guestWidth, HAW, levelsOf, widthOf } from './config'
import {
  contextEntryAt,
  contextLayout,
  directoryEntryAt,
  pasidEntryAt,
  rootEntryAt,
  rootView,
} from './entries'
import type { FaultCondition } from './faults.data'
import type { VtdState } from './state'
import {
  LEGACY_CONTEXT,
  PASID_DIRECTORY_ENTRY,
  PASID_ENTRY,
  PGTT,
  SCALABLE_CONTEXT,
  TT,
} from './structures.data'

export interface SecondStage {
  readonly levels: 3 | 4 | 5
  /** HPA of the root. */
  readonly root: number
  readonly accessedDirty: boolean
}

export interface FirstStage {
  readonly levels: 4 | 5
  /** HPA of the root, or its guest address when nested. */
  readonly root: number
  readonly extendedAccessed: boolean
  readonly executeDisable: boolean
}

/** What the configuration says about a request. `pasid` tags what is cached of a first stage. */
export type VtdTarget = { readonly domain: number } & (
  | { readonly kind: 'second'; readonly second: SecondStage }
  | { readonly kind: 'first'; readonly first: FirstStage; readonly pasid: number }
  | {
      readonly kind: 'nested'
      readonly first: FirstStage
      readonly second: SecondStage
      readonly pasid: number
    }
  | { readonly kind: 'pass-through'; readonly levels: 3 | 4 | 5 }
)

export interface VtdLookup {
  readonly target: VtdTarget | FaultCondition
  readonly references: readonly Reference[]
  /** An entry on the way says that qualified faults are not recorded. */
  readonly fpd: boolean
  /** The device may ask for pages: its context entry has DTE and PRE. */
  readonly pageRequests: boolean
}

export interface Requester {
  readonly rid: number
  readonly pasid: number | null
}

export function lookupConfig(ctx: HwContext, state: VtdState, from: Requester): VtdLookup {
  if (state.config.mode === 'legacy' && from.pasid !== null)
    return { target: 'pasid-in-legacy', references: [], fpd: false, pageRequests: false }
  const reads: Reads = { ctx, state, references: [], fpd: false }
  const context = readContext(reads, from.rid)
  const scalable = state.config.mode === 'scalable'
  const target =
    typeof context === 'string' ? context : (scalable ? viaPasid : viaContext)(reads, context, from)
  const pageRequests = scalable && typeof context !== 'string' && canAskForPages(context)
  return { target, references: reads.references, fpd: reads.fpd, pageRequests }
}

const canAskForPages = (context: readonly bigint[]): boolean =>
  ['DTE', 'PRE'].every(name => structField(SCALABLE_CONTEXT, context, name) === 1n)

/** The entries read for one request, and what they said about recording faults. */
interface Reads {
  readonly ctx: HwContext
  readonly state: VtdState
  readonly references: Reference[]
  fpd: boolean
}

type Words = readonly bigint[]

function read(reads: Reads, layout: StructLayout, hpa: number): Words {
  const words = readStruct(reads.ctx, layout, hpa)
  reads.references.push(configReference(layout, hpa, words))
  reads.fpd ||= layout.fields.some(field => field.name === 'FPD') && structField(layout, words, 'FPD') === 1n
  return words
}

/** Pointers beyond the host address width count as reserved bits. */
const malformed = (layout: StructLayout, words: Words): boolean =>
  reservedBitsSet(layout, words) ||
  layout.fields.some(field => field.pointer && structField(layout, words, field.name) >> BigInt(HAW) !== 0n)

function readContext(reads: Reads, rid: number): Words | FaultCondition {
  const { state } = reads
  const { layout, present, pointer } = rootView(state, rid)
  const root = read(reads, layout, rootEntryAt(state, rid))
  if (structField(layout, root, present) === 0n) return 'root-not-present'
  if (malformed(layout, root)) return 'root-reserved'
  const context = contextLayout(state)
  const words = read(reads, context, contextEntryAt(state, Number(structField(layout, root, pointer)), rid))
  if (structField(context, words, 'P') === 0n) return 'context-not-present'
  return malformed(context, words) ? 'context-reserved' : words
}

function viaContext(reads: Reads, context: Words): VtdTarget | FaultCondition {
  const field = (name: string) => Number(structField(LEGACY_CONTEXT, context, name))
  const levels = levelsOf(reads.state.config, field('AW'))
  const passThrough = field('TT') === TT.passThrough
  if (levels === null || field('TT') > TT.passThrough) return 'context-invalid'
  if (passThrough && widthOf(levels) !== guestWidth(reads.state.config)) return 'context-invalid'
  if (passThrough) return { domain: field('DID'), kind: 'pass-through', levels }
  const second = { levels, root: field('SSPTPTR'), accessedDirty: false }
  return { domain: field('DID'), kind: 'second', second }
}

function viaPasid(reads: Reads, context: Words, from: Requester): VtdTarget | FaultCondition {
  const field = (name: string) => Number(structField(SCALABLE_CONTEXT, context, name))
  if (from.pasid !== null && field('PASIDE') === 0) return 'pasid-disabled'
  const pasid = from.pasid ?? field('RID_PASID')
  if (pasid >= 2 ** (field('PDTS') + 13))
    return from.pasid === null ? 'rid-pasid-beyond-directory' : 'pasid-beyond-directory'
  const directory = read(reads, PASID_DIRECTORY_ENTRY, directoryEntryAt(field('PASIDDIRPTR'), pasid))
  if (structField(PASID_DIRECTORY_ENTRY, directory, 'P') === 0n) return 'directory-not-present'
  if (malformed(PASID_DIRECTORY_ENTRY, directory)) return 'directory-reserved'
  const table = Number(structField(PASID_DIRECTORY_ENTRY, directory, 'SMPTBLPTR'))
  return fromPasidEntry(reads, read(reads, PASID_ENTRY, pasidEntryAt(table, pasid)), pasid)
}

function fromPasidEntry(reads: Reads, entry: Words, pasid: number): VtdTarget | FaultCondition {
  if (structField(PASID_ENTRY, entry, 'P') === 0n) return 'pasid-not-present'
  return malformed(PASID_ENTRY, entry) ? 'pasid-reserved' : (targetOf(reads, entry, pasid) ?? 'pasid-invalid')
}

/** What a present PASID entry sets up, or null where it is programmed wrongly. */
function targetOf(reads: Reads, entry: Words, pasid: number): VtdTarget | null {
  const domain = Number(structField(PASID_ENTRY, entry, 'DID'))
  const second = secondStageOf(reads, entry)
  const first = firstStageOf(entry)
  switch (Number(structField(PASID_ENTRY, entry, 'PGTT'))) {
    case PGTT.first:
      return first && { domain, kind: 'first', first, pasid }
    case PGTT.second:
      return second && { domain, kind: 'second', second }
    case PGTT.nested:
      return first && second && { domain, kind: 'nested', first, second, pasid }
    case PGTT.passThrough:
      return second && { domain, kind: 'pass-through', levels: second.levels }
    default:
      return null
  }
}

function secondStageOf({ state }: Reads, entry: Words): SecondStage | null {
  const field = (name: string) => Number(structField(PASID_ENTRY, entry, name))
  const levels = levelsOf(state.config, field('AW'))
  return levels === null ? null : { levels, root: field('SSPTPTR'), accessedDirty: field('SSADE') === 1 }
}

function firstStageOf(entry: Words): FirstStage | null {
  const field = (name: string) => Number(structField(PASID_ENTRY, entry, name))
  if (field('FSPM') > 1) return null
  const switches = { extendedAccessed: field('EAFE') === 1, executeDisable: field('NXE') === 1 }
  return { levels: field('FSPM') === 1 ? 5 : 4, root: field('FSPTPTR'), ...switches }
}
