/**
 * The tables that a DTE leads to, walked (specification 2.2.3, 2.2.6): the host (v1) table, the guest (v2) table of a
 * PASID, or both, in which the address of every GCR3 entry and guest entry, and the address that comes out, is
 * translated by the host table. References are listed in the order in which they are made.
 *
 * Hardware sets A, and D of the leaf on a write, in guest entries once the whole translation stands; the host page of
 * such an entry must be writable. Not modelled: caches of table walks and of GCR3 entries.
 */
import { hi32, InvariantError, lo32, unreachable } from '../../../bits'
import {
  formatOf,
  type ItemUpdate,
  levelsOf,
  type TableReader,
  type WalkReason,
  walkAddress,
} from '../../../pt'
import { accessBits } from '../../cached-answer'
import type { Access, HwContext, HwFault, Reference, TranslateRequest } from '../../contract'
import { configReference, readStruct } from '../../memory-struct'
import { tableReference } from '../../reports'
import { structField } from '../../struct'
import type { DteView, GuestView } from './dte'
import type { EventName } from './events.data'
import { coveredBy, offsetAt } from './gcr3'
import { GCR3 } from './structures.data'
import { guestTable, hostTable } from './tables'

export interface WalkFault {
  readonly event: EventName
  readonly stage: HwFault['stage']
  readonly level: number | null
  readonly guestAddress?: bigint
}

export type AmdWalk =
  | {
      readonly ok: true
      readonly output: number
      readonly perm: number
      readonly pageLg2: number
      /** False where a write would still have a dirty bit to set. */
      readonly dirty: boolean
      readonly references: readonly Reference[]
      readonly updated: readonly ItemUpdate[]
    }
  | { readonly ok: false; readonly fault: WalkFault; readonly references: readonly Reference[] }

type Failed = Extract<AmdWalk, { ok: false }>

const fail = (fault: WalkFault, references: readonly Reference[]): Failed => ({
  ok: false,
  fault,
  references,
})

interface HostAsk {
  readonly address: bigint
  readonly access: Access
  readonly commit: boolean
  readonly serves?: Reference['serves']
}

const LEAF_DIRTY = 1n << 6n

/** The host table for one address; Mode 0 leads straight to memory. */
export function walkHost(ctx: HwContext, dte: DteView, ask: HostAsk): AmdWalk {
  const references: Reference[] = []
  if (dte.levels === 0)
    return {
      ok: true,
      output: Number(ask.address),
      perm: 3,
      pageLg2: 12,
      dirty: true,
      references,
      updated: [],
    }
  const table = hostTable(dte.levels, dte.root, dte.dirty)
  const result = walkAddress(ctx.bulk, table, ask.address, {
    access: accessBits(ask.access),
    commit: ask.commit,
    log: (level, hpa, value) =>
      references.push(tableReference(table, 'second', { level, hpa, value }, ask.serves)),
  })
  if (!result.ok)
    return fail({ event: eventOf(result.reason), stage: 'second', level: result.level }, references)
  const leaf = references.at(-1)?.value ?? 0n
  const dirty = !dte.dirty || ask.access === 'write' || (leaf & LEAF_DIRTY) !== 0n
  return { ...result, dirty, references }
}

function eventOf(reason: WalkReason): EventName {
  switch (reason) {
    case 'not-present':
      return 'not-present'
    case 'permission':
      return 'no-permission'
    case 'reserved':
      return 'malformed'
    case 'address-range':
      return 'beyond-levels'
    case 'refused':
      throw new InvariantError('a refused walk has its own fault')
    default:
      return unreachable(reason)
  }
}

/** The guest table of a PASID, over the host table where there is one. */
export function walkGuest(
  ctx: HwContext,
  dte: DteView & { readonly guest: GuestView },
  pasid: number,
  request: TranslateRequest,
): AmdWalk {
  const walk = new GuestWalk(ctx, dte, request)
  const answer = walk.run(pasid)
  return answer.ok && request.commit ? { ...answer, updated: [...answer.updated, ...walk.mark()] } : answer
}

const ACCESSED = 1n << 5n
const DIRTY = 1n << 6n
const WRITE = 2

class GuestWalk implements TableReader {
  private readonly references: Reference[] = []
  private readonly steps: { hpa: number; perm: number; level: number; value: bigint }[] = []
  private refused: WalkFault | null = null
  private found = { perm: 3 }
  private levels = 0

  private readonly ctx: HwContext
  private readonly dte: DteView & { readonly guest: GuestView }
  private readonly request: TranslateRequest

  constructor(ctx: HwContext, dte: DteView & { readonly guest: GuestView }, request: TranslateRequest) {
    this.ctx = ctx
    this.dte = dte
    this.request = request
  }

  run(pasid: number): AmdWalk {
    const root = this.guestRoot(pasid)
    if (typeof root !== 'number') return root
    const { access, address } = this.request
    const table = guestTable(this.dte.guest.levels, root)
    this.levels = levelsOf(formatOf(table.format).geometry(table.cfg))
    const result = walkAddress(this.ctx.bulk, table, address, {
      access: accessBits(access),
      reader: this,
      log: (level, hpa, value) => {
        this.references.push(tableReference(table, 'first', { level, hpa, value }))
        this.steps.push({ hpa, perm: this.found.perm, level, value })
      },
    })
    if (this.refused !== null) return fail(this.refused, this.references)
    if (!result.ok)
      return fail({ event: eventOf(result.reason), stage: 'first', level: result.level }, this.references)
    return this.markDenied() ?? this.finish(result)
  }

  /** The host address of a guest entry; -1 where the host table refuses, with the reason kept. */
  resolve(address: number): number {
    const level = this.levels - 1 - this.steps.length
    const found = this.host(BigInt(address), 'read', { address: BigInt(address), level })
    if (!found.ok) {
      this.refused = found.fault
      return -1
    }
    this.found = { perm: found.perm }
    return found.output
  }

  /** Sets what the walk used. */
  mark(): ItemUpdate[] {
    return this.steps.flatMap(step => {
      const after = step.value | this.bitsOf(step)
      if (after === step.value) return []
      this.ctx.bulk.memory.write64(step.hpa, lo32(after), hi32(after))
      return [{ level: step.level, hpa: step.hpa, before: step.value, after }]
    })
  }

  private host(address: bigint, access: Access, serves: NonNullable<Reference['serves']>): AmdWalk {
    const { commit } = this.request
    const walked = walkHost(this.ctx, this.dte, { address, access, commit, serves })
    this.references.push(...walked.references)
    return walked.ok ? walked : { ...walked, fault: { ...walked.fault, guestAddress: address } }
  }

  /** The root that the GCR3 table has for a PASID. */
  private guestRoot(pasid: number): number | Failed {
    const { guest } = this.dte
    const missing = fail({ event: 'no-gcr3', stage: 'config', level: null }, this.references)
    if (pasid >= coveredBy(guest.glx)) return missing
    let table = guest.root
    for (let level = guest.glx; level >= 0; level--) {
      const address = BigInt(table + offsetAt(pasid, level))
      const place = this.host(address, 'read', { address, level: null, what: `the ${GCR3.name}` })
      if (!place.ok) return place
      const words = readStruct(this.ctx, GCR3, place.output)
      this.references.push(configReference(GCR3, place.output, words))
      if (structField(GCR3, words, 'V') === 0n) return missing
      table = Number(structField(GCR3, words, 'ADDR'))
    }
    return table
  }

  private bitsOf(step: { level: number }): bigint {
    const isLeaf = step === this.steps.at(-1)
    return ACCESSED | (isLeaf && this.request.access === 'write' ? DIRTY : 0n)
  }

  /** An entry that must be marked lies in a host page that may not be written. */
  private markDenied(): Failed | null {
    const step = this.steps.find(one => (this.bitsOf(one) & ~one.value) !== 0n && (one.perm & WRITE) === 0)
    return step === undefined
      ? null
      : fail({ event: 'no-permission', stage: 'second', level: step.level }, this.references)
  }

  private finish(first: { output: number; perm: number; pageLg2: number }): AmdWalk {
    const address = BigInt(first.output)
    const host = this.host(address, this.request.access, { address, level: null })
    if (!host.ok) return { ...host, references: this.references }
    const leaf = this.steps.at(-1)?.value ?? 0n
    const dirty = this.request.access === 'write' || (leaf & DIRTY) !== 0n
    const pageLg2 = this.dte.levels === 0 ? first.pageLg2 : Math.min(first.pageLg2, host.pageLg2)
    return {
      ...host,
      perm: first.perm & host.perm,
      pageLg2,
      dirty: dirty && host.dirty,
      references: this.references,
    }
  }
}
