/**
 * Nested translation (VT-d 3.8): a first-stage walk in which the address of every entry, and the address that
 * comes out, is a guest address that the second stage translates. The references are listed in the order in which
 * they are made; none is computed.
 *
 * An entry whose A (or EA, or D of the leaf) must be set has to be writable through the second stage; that is found
 * before anything below it is read. Bits are set once the whole translation stands.
 * Paging-structure caches shorten both: the first-stage walk then starts at a table whose host page is known.
 * Not modelled: translations of guest addresses in the IOTLB.
 */
import { hi32, lo32 } from '../../../bits'
import {
  formatOf,
  type ItemUpdate,
  levelsOf,
  type TableReader,
  type TableRef,
  walkAddress,
} from '../../../pt'
import { accessBits } from '../../cached-answer'
import type { Access, HwContext, Reference, TranslateRequest } from '../../contract'
import { tableReference } from '../../reports'
import { firstCondition, isDirty, rightsOf } from './first-stage'
import type { PagingEntry } from './paging-cache'
import { walkSecondStage } from './second-stage'
import { type Learnt, type StageWalk, startAt, type WalkFault } from './stage-walk'

export interface NestedTables {
  /** Its root is a guest address. */
  readonly first: TableRef
  readonly second: TableRef
  /** Bits of a guest address. */
  readonly guestBits: number
  /** Where a paging-structure cache lets the first-stage walk start, and each second-stage walk. */
  readonly start: PagingEntry | null
  secondStart(address: bigint, access: Access): PagingEntry | null
}

const ACCESSED = 1n << 5n
const DIRTY = 1n << 6n
const EXTENDED = 1n << 10n
const WRITE = 2

/** Walks both stages for one request. */
export function walkNested(ctx: HwContext, tables: NestedTables, request: TranslateRequest): StageWalk {
  const walk = new NestedWalk(ctx, tables, request)
  const answer = walk.run()
  return answer.ok && request.commit ? { ...answer, updated: walk.mark() } : answer
}

/** A first-stage entry on the way, and what the second stage lets be done to it. */
interface Step {
  readonly level: number
  readonly address: number
  readonly hpa: number
  readonly perm: number
  readonly value: bigint
}

class NestedWalk implements TableReader {
  private readonly references: Reference[] = []
  private readonly steps: Step[] = []
  private readonly learnt: Learnt[] = []
  private readonly first: ReturnType<typeof startAt>
  private readonly accessed: bigint
  private refused: WalkFault | null = null
  private found = { address: 0, perm: 0 }
  private output = 0

  private readonly ctx: HwContext
  private readonly tables: NestedTables
  private readonly request: TranslateRequest

  constructor(ctx: HwContext, tables: NestedTables, request: TranslateRequest) {
    this.ctx = ctx
    this.tables = tables
    this.request = request
    this.first = startAt(tables.first, request.address, tables.start)
    this.accessed = ACCESSED | (tables.first.cfg.eafe === true ? EXTENDED : 0n)
  }

  run(): StageWalk {
    const { access } = this.request
    const { table, address } = this.first
    const result = walkAddress(this.ctx.bulk, table, address, {
      access: accessBits(access),
      reader: this,
      log: (level, hpa, value) => this.read(level, hpa, value),
    })
    if (this.refused !== null) return this.fail(this.refused)
    if (!result.ok) {
      const condition = firstCondition(result.reason, access, this.references)
      return this.fail({ condition, stage: 'first', level: result.level })
    }
    const denied = this.updateDenied(this.bitsOf(this.steps.at(-1)))
    return denied === null ? this.finish(result) : this.fail(denied)
  }

  /** The host address of a first-stage entry; -1 where the walk ends here, with the reason kept. */
  resolve(address: number): number {
    this.refused = this.updateDenied(this.accessed) ?? this.beyondWidth(address)
    if (this.refused !== null) return -1
    const { start } = this.tables
    if (start !== null && this.steps.length === 0) {
      this.found = { address, perm: start.hostPerm }
      return start.host + (address - start.table)
    }
    const level = this.nextLevel()
    const found = this.second(BigInt(address), 'read', level)
    if (!found.ok) {
      this.refused = this.tableDenied(found.fault, address, level)
      return -1
    }
    this.found = { address, perm: found.perm }
    return found.output
  }

  /** Sets what the walk used: first-stage bits, then second-stage bits where those are kept. */
  mark(): ItemUpdate[] {
    const updates = this.steps.flatMap(step => this.markEntry(step))
    if (this.tables.second.cfg.ad !== true) return updates
    const written = new Set(updates.map(update => update.hpa))
    for (const { address, hpa } of this.steps) updates.push(...this.markSecond(address, written.has(hpa)))
    return [...updates, ...this.markSecond(this.output, this.request.access === 'write')]
  }

  private read(level: number, hpa: number, value: bigint): void {
    this.references.push(tableReference(this.first.table, 'first', { level, hpa, value }))
    this.steps.push({ ...this.found, level, hpa, value })
  }

  private nextLevel(): number {
    const { format, cfg } = this.first.table
    return levelsOf(formatOf(format).geometry(cfg)) - 1 - this.steps.length
  }

  private second(address: bigint, access: Access, level: number | null): StageWalk {
    const walked = walkSecondStage(
      this.ctx,
      this.tables.second,
      { address, access, commit: false },
      { serves: { address, level }, start: this.tables.secondStart(address, access) },
    )
    this.references.push(...walked.references)
    if (walked.ok) this.learnt.push(...walked.learnt)
    return walked
  }

  /** The bits that using an entry sets in it. */
  private bitsOf(step: Step | undefined): bigint {
    const isLeaf = step === this.steps.at(-1)
    return this.accessed | (isLeaf && this.request.access === 'write' ? DIRTY : 0n)
  }

  private updateDenied(bits: bigint): WalkFault | null {
    const step = this.steps.at(-1)
    if (step === undefined || (bits & ~step.value) === 0n || (step.perm & WRITE) !== 0) return null
    const guestAddress = BigInt(step.address)
    return { condition: 'first-update-denied', stage: 'first', level: step.level, guestAddress }
  }

  private beyondWidth(address: number): WalkFault | null {
    if (address < 2 ** this.tables.guestBits) return null
    const guestAddress = BigInt(address)
    return { condition: 'first-table-beyond-width', stage: 'first', level: this.nextLevel(), guestAddress }
  }

  /** The second stage lacks the page of a first-stage table, or is itself malformed. */
  private tableDenied(fault: WalkFault, address: number, level: number): WalkFault {
    const guestAddress = BigInt(address)
    if (fault.condition === 'entry-reserved') return { ...fault, guestAddress }
    const condition = this.steps.length === 0 ? 'first-root-denied' : 'first-table-denied'
    return { condition, stage: 'first', level, guestAddress }
  }

  private finish(first: { output: number; perm: number; pageLg2: number }): StageWalk {
    const guestAddress = BigInt(first.output)
    this.output = first.output
    if (first.output >= 2 ** this.tables.guestBits)
      return this.fail({ condition: 'guest-output-beyond-width', stage: 'second', level: null, guestAddress })
    const host = this.second(guestAddress, this.request.access, null)
    if (!host.ok) return this.fail({ ...host.fault, guestAddress })
    const dirty = this.request.access === 'write' || isDirty(this.steps.at(-1)?.value ?? 0n)
    return {
      ...host,
      perm: first.perm & host.perm & (this.tables.start?.perm ?? 3),
      pageLg2: Math.min(first.pageLg2, host.pageLg2),
      dirty: dirty && host.dirty,
      references: this.references,
      learnt: [...this.learnt, ...this.firstTables()],
    }
  }

  /** The first-stage tables below the top, each where the entry above it points. */
  private firstTables(): Learnt[] {
    const page = Number(this.request.address >> 12n)
    let perm = this.tables.start?.perm ?? 3
    return this.steps.slice(1).flatMap((step, k) => {
      const above = this.steps[k]
      if (above === undefined) return []
      perm &= rightsOf(above.value)
      const table = step.address - (step.address % 4096)
      const host = step.hpa - (step.hpa % 4096)
      const item = { hpa: above.hpa, value: above.value }
      const entry = { level: step.level, page, table, host, perm, hostPerm: step.perm, item }
      return [{ stage: 'first' as const, entry }]
    })
  }

  private fail(fault: WalkFault): StageWalk {
    return { ok: false, fault, references: this.references }
  }

  private markEntry(step: Step): ItemUpdate[] {
    const after = step.value | this.bitsOf(step)
    if (after === step.value) return []
    this.ctx.bulk.memory.write64(step.hpa, lo32(after), hi32(after))
    return [{ level: step.level, hpa: step.hpa, before: step.value, after }]
  }

  private markSecond(address: number, written: boolean): readonly ItemUpdate[] {
    const access = written ? 'write' : 'read'
    const request = { address: BigInt(address), access, commit: true } as const
    const walked = walkSecondStage(this.ctx, this.tables.second, request)
    return walked.ok ? walked.updated : []
  }
}
