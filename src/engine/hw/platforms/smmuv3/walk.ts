/**
 * The tables that an STE and a CD set up, walked (IHI 0070 3.3 and 3.4): stage 1, stage 2, or both, in which the
 * address of every stage 1 descriptor, and the address that comes out, is an IPA that stage 2 translates. References
 * are listed in the order in which they are made; none is computed.
 *
 * Not modelled: hardware updates of AF and dirty state, caches of table walks.
 */
import { InvariantError, unreachable } from '../../../bits'
import { type TableReader, type TableRef, type WalkReason, walkAddress } from '../../../pt'
import { accessBits } from '../../cached-answer'
import type { Access, HwContext, HwFault, Reference, TranslateRequest } from '../../contract'
import { tableReference } from '../../reports'
import { OUTPUT_BITS } from './config'
import type { EventName } from './events.data'
import { type FirstStage, firstTable, type SecondStage, secondTable } from './stages'
import type { CLASS } from './structures.data'
import type { SmmuTarget } from './target'

/** What went wrong, where, and what was being translated. */
export interface WalkFault {
  readonly event: EventName
  readonly stage: HwFault['stage']
  readonly level: number | null
  readonly class: keyof typeof CLASS
  readonly guestAddress?: bigint
}

export type SmmuWalk =
  | {
      readonly ok: true
      /** HPA in bytes of the byte asked for. */
      readonly output: number
      readonly perm: number
      readonly pageLg2: number
      /** The stage 1 leaf is not tagged by ASID (nG = 0). */
      readonly global: boolean
      readonly references: readonly Reference[]
    }
  | { readonly ok: false; readonly fault: WalkFault; readonly references: readonly Reference[] }

export function walkTarget(
  ctx: HwContext,
  target: Exclude<SmmuTarget, { kind: 'bypass' }>,
  request: TranslateRequest,
): SmmuWalk {
  if (target.kind !== 'second') return new FirstWalk(ctx, target, request).run()
  const { address, access } = request
  if (address >> BigInt(OUTPUT_BITS) !== 0n)
    return fail({ event: 'F_ADDR_SIZE', stage: 'first', level: null, class: 'IN' }, [])
  return walkSecond(ctx, target.second, { address, access, class: 'IN' })
}

const fail = (fault: WalkFault, references: readonly Reference[]): SmmuWalk => ({
  ok: false,
  fault,
  references,
})

export interface SecondAsk {
  readonly address: bigint
  readonly access: Access
  readonly class: keyof typeof CLASS
  /** What the references are for, where stage 1 takes part. */
  readonly serves?: Reference['serves']
}

/** Stage 2 for one IPA. */
export function walkSecond(ctx: HwContext, second: SecondStage, ask: SecondAsk): SmmuWalk {
  const references: Reference[] = []
  const table = secondTable(second)
  const result = walkAddress(ctx.bulk, table, ask.address, {
    access: accessBits(ask.access),
    log: (level, hpa, value) =>
      references.push(tableReference(table, 'second', { level, hpa, value }, ask.serves)),
  })
  if (result.ok) return { ...result, global: false, references }
  const event = eventOf(result.reason, references.at(-1), second.outputBits)
  const fault = {
    event,
    stage: 'second',
    level: result.level,
    class: ask.class,
    guestAddress: ask.address,
  } as const
  return fail(fault, references)
}

/** What the walker's reason is to an SMMU, given the last descriptor that was read. */
function eventOf(reason: WalkReason, last: Reference | undefined, outputBits: number): EventName {
  switch (reason) {
    case 'not-present':
    case 'address-range':
      return 'F_TRANSLATION'
    case 'permission':
      return 'F_PERMISSION'
    case 'reserved':
      return malformed(last, outputBits)
    case 'refused':
      throw new InvariantError('a refused walk has its own fault')
    default:
      return unreachable(reason)
  }
}

const ADDRESS = 0xffff_ffff_f000n

/** In the order of the architecture: the type of the descriptor, its address, its access flag. */
function malformed(last: Reference | undefined, outputBits: number): EventName {
  const value = last?.value ?? 0n
  const type = value & 3n
  if (last?.level === 0 ? type !== 3n : last?.level === 3 && type === 1n) return 'F_TRANSLATION'
  return (value & ADDRESS) >> BigInt(outputBits) !== 0n ? 'F_ADDR_SIZE' : 'F_ACCESS'
}

const NOT_GLOBAL = 1n << 11n

class FirstWalk implements TableReader {
  private readonly references: Reference[] = []
  private refused: WalkFault | null = null
  private level = 0
  private leaf = 0n

  private readonly ctx: HwContext
  private readonly first: FirstStage
  private readonly second: SecondStage | null
  private readonly request: TranslateRequest

  constructor(
    ctx: HwContext,
    { first, second }: { readonly first: FirstStage; readonly second: SecondStage | null },
    request: TranslateRequest,
  ) {
    this.ctx = ctx
    this.first = first
    this.second = second
    this.request = request
  }

  run(): SmmuWalk {
    const input = inputOf(this.first, this.request.address)
    if (input === null) return this.fail({ event: 'F_TRANSLATION', stage: 'first', level: null, class: 'IN' })
    const { table, address } = input
    this.level = levelsOf(table) - 1
    const result = walkAddress(this.ctx.bulk, table, address, {
      access: accessBits(this.request.access),
      reader: this.second === null ? null : this,
      log: (level, hpa, value) => {
        this.references.push(tableReference(table, 'first', { level, hpa, value }))
        this.leaf = value
        this.level = level - 1
      },
    })
    if (this.refused !== null) return this.fail(this.refused)
    if (result.ok) return this.finish(result)
    const event = eventOf(result.reason, this.references.at(-1), this.first.outputBits)
    return this.fail({ event, stage: 'first', level: result.level, class: 'IN' })
  }

  /** The host address of a stage 1 descriptor; -1 where stage 2 refuses, with the reason kept. */
  resolve(address: number): number {
    if (this.second === null) return address
    const serves = { address: BigInt(address), level: this.level }
    const found = walkSecond(this.ctx, this.second, {
      address: serves.address,
      access: 'read',
      class: 'TT',
      serves,
    })
    this.references.push(...found.references)
    if (found.ok) return found.output
    this.refused = found.fault
    return -1
  }

  private finish(first: { output: number; perm: number; pageLg2: number }): SmmuWalk {
    const { references } = this
    const global = (this.leaf & NOT_GLOBAL) === 0n
    if (this.second === null) return { ok: true, ...first, global, references }
    const address = BigInt(first.output)
    const serves = { address, level: null }
    const host = walkSecond(this.ctx, this.second, {
      address,
      access: this.request.access,
      class: 'IN',
      serves,
    })
    references.push(...host.references)
    if (!host.ok) return this.fail(host.fault)
    const { output } = host
    const pageLg2 = Math.min(first.pageLg2, host.pageLg2)
    return { ok: true, output, perm: first.perm & host.perm, pageLg2, global, references }
  }

  private fail(fault: WalkFault): SmmuWalk {
    return fail(fault, this.references)
  }
}

const levelsOf = ({ cfg }: TableRef): number => Math.ceil((Number(cfg.inputBits) - 12) / 9)

/** The table that a virtual address selects, and its index into it; null where no table takes it. */
function inputOf(first: FirstStage, address: bigint): { table: TableRef; address: bigint } | null {
  const upper = ((address >> 55n) & 1n) === 1n
  const half = upper ? first.high : first.low
  if (half === null) return null
  const ignored = upper ? first.topByteIgnored.high : first.topByteIgnored.low
  const whole = ignored ? BigInt.asUintN(64, BigInt.asIntN(56, address)) : address
  const expected = upper ? ((1n << 64n) - 1n) >> BigInt(half.inputBits) : 0n
  if (whole >> BigInt(half.inputBits) !== expected) return null
  return { table: firstTable(first, half), address: BigInt.asUintN(half.inputBits, whole) }
}
