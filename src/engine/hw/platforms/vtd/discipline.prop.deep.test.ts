/**
 * Random maps, unmaps, guest writes, reroutes and DMAs. Where every change is followed by the commands that VT-d asks
 * for, no DMA ever sees anything but memory; where they are left out, some do.
 */
import { expect, it } from 'vitest'
import { hi32, lo32 } from '../../../bits'
import { clearRun, type TableRef } from '../../../pt'
import type { InvalidationScope, Translation } from '../../contract'
import { Rig, testDevice } from '../../test-rig'
import { vtd } from '.'

const SEED = Number(process.env.IOAS_SEED ?? 0xd15c)
const STEPS = 400
const PASID = 0x123
const PARENT = 5
const CHILD = 6
const HOST_PAGE = 0x4_0000
/** Guest pages 0x10 to 0x13 hold tables, 0x14 and 0x15 two leaf tables to choose from; 0x100 to 0x2ff come and go. */
const GUEST_ROOT = 0x10
const LEAF_TABLES = [0x14, 0x15]
const MOVING = { first: 0x100, pages: 0x200 }

class Play {
  readonly rig: Rig
  readonly table: TableRef
  readonly device
  private readonly mapped = new Set<number>()
  private readonly flushing: boolean
  private state: number

  constructor(params: Record<string, string>, flushing: boolean, seed: number) {
    this.flushing = flushing
    this.state = seed
    this.device = testDevice({ pasidBits: 20, ats: seed % 2 === 1, pri: true })
    this.rig = new Rig(vtd, params)
    const tables = this.rig.tables(this.device)
    const [table] = tables
    if (table === undefined) throw new Error('no table')
    this.table = table
    this.rig.map(table, { page: 0, target: HOST_PAGE, pages: 0x100, perm: 3 })
    for (const [k, next] of [0x11, 0x12, 0x14].entries()) this.guest(GUEST_ROOT + k, 0, BigInt(next) << 12n)
    this.rig.route(this.device, tables, PARENT)
    this.nest()
  }

  step(): Translation | null {
    const kind = this.below(10)
    if (kind < 5) return this.dma()
    if (kind < 6) this.map()
    else if (kind < 7) this.unmap()
    else if (kind < 9) this.guestLeaf()
    else if (this.below(4) > 0) this.guestTable()
    else this.reroute()
    this.rig.events.length = 0
    return null
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0
    return (this.state >>> 8) % n
  }

  /** What memory says of the DMA that `step` just made. */
  fresh(found: { address: bigint; pasid: number | null; access: 'read' | 'write' }): Translation {
    return this.rig.ask(this.device, found.address, found)
  }

  last = { address: 0n, pasid: null as number | null, access: 'read' as 'read' | 'write' }

  private dma(): Translation {
    const pasid = this.below(2) === 0 ? null : PASID
    const page = pasid === null ? MOVING.first + this.below(MOVING.pages) : this.below(64)
    const access = this.below(3) === 0 ? 'write' : 'read'
    this.last = { address: BigInt(page) << 12n, pasid, access }
    return this.rig.dma(this.device, this.last.address, access, pasid)
  }

  private nest(): void {
    const guest = { id: 9, format: 'vtd-fs', cfg: { levels: 4 }, root: GUEST_ROOT * 4096 }
    const to = { kind: 'nested', tables: [this.table], guest, domain: CHILD } as const
    this.rig.state = vtd.route(this.rig.ctx, this.rig.state as never, {
      device: this.device,
      pasid: PASID,
      to,
    })
  }

  private reroute(): void {
    this.rig.block(this.device, PASID)
    this.nest()
  }

  private flush(...scopes: InvalidationScope[]): void {
    if (this.flushing) for (const scope of scopes) this.rig.invalidate(scope)
  }

  private run(): { page: number; pages: number } {
    const large = this.below(4) === 0
    const page = large ? 0x200 : MOVING.first + this.below(MOVING.pages)
    const pages = large ? 0x100 : 1 + this.below(Math.min(8, MOVING.first + MOVING.pages - page))
    return { page, pages }
  }

  private map(): void {
    const { page, pages } = this.run()
    for (let at = page; at < page + pages; at++) if (this.mapped.has(at)) return
    const perm = this.below(4) === 0 ? 1 : 3
    this.rig.map(this.table, { page, pages, perm, target: HOST_PAGE + 0x1000 * (1 + this.below(16)) + page })
    for (let at = page; at < page + pages; at++) this.mapped.add(at)
    const range = { firstPage: page, lastPage: page + pages - 1 }
    if (this.rig.platform.caps(this.rig.config, null).flushOnMap)
      this.flush({ kind: 'range', domain: PARENT, ...range })
  }

  private unmap(): void {
    const { page, pages } = this.run()
    clearRun(this.rig.bulk, this.table, { page, pages }, this.rig.ctx)
    for (let at = page; at < page + pages; at++) this.mapped.delete(at)
    const range = { firstPage: page, lastPage: page + pages - 1 }
    this.flush({ kind: 'range', domain: PARENT, ...range }, { kind: 'domain', domain: CHILD })
  }

  /** A leaf of one of the two leaf tables; guest and host pages of tables differ by a constant. */
  private guestLeaf(): void {
    const index = this.below(64)
    const target = MOVING.first + this.below(MOVING.pages)
    const rights = [0n, 1n, 3n][this.below(3)] ?? 0n
    this.guest(
      LEAF_TABLES[this.below(2)] ?? 0,
      index,
      (BigInt(target) << 12n) | (rights === 0n ? 0n : 4n | rights),
    )
    this.flush({ kind: 'pasid-range', domain: CHILD, pasid: PASID, firstPage: index, lastPage: index })
  }

  private guestTable(): void {
    this.guest(GUEST_ROOT + 2, 0, BigInt(LEAF_TABLES[this.below(2)] ?? 0) << 12n)
    this.flush({ kind: 'pasid-range', domain: CHILD, pasid: PASID, firstPage: 0, lastPage: 511 })
  }

  private guest(tablePage: number, index: number, value: bigint): void {
    const entry = tablePage < (LEAF_TABLES[0] ?? 0) ? value | 7n : value
    this.rig.bulk.memory.write64((HOST_PAGE + tablePage) * 4096 + index * 8, lo32(entry), hi32(entry))
  }
}

function isStale(found: Translation, fresh: Translation): boolean {
  if (found.ok && fresh.ok) return found.cache === 'stale-hit' || found.output !== fresh.output
  return found.ok || fresh.ok || found.fault.code !== fresh.fault.code
}

/** Steps at which a DMA saw something that memory does not say. */
function staleSteps(params: Record<string, string>, flushing: boolean, seed: number): number[] {
  const play = new Play(params, flushing, seed)
  const steps: number[] = []
  for (let k = 0; k < STEPS; k++) {
    const found = play.step()
    if (found !== null && isStale(found, play.fresh(play.last))) steps.push(k)
  }
  return steps
}

const PARAMS = [{}, { cm: '1' }, { ad: 'on' }, { pages: '4K', width: '39' }] as const

it.each(PARAMS)(`%j: with every flush no DMA is stale (seed ${SEED})`, params => {
  for (const seed of [SEED, SEED + 1]) expect(staleSteps(params, true, seed), `seed ${seed}`).toEqual([])
})

it.each(PARAMS)(`%j: without them some are (seed ${SEED})`, params => {
  const steps = [0, 1, 2, 3, 4, 5].flatMap(more => staleSteps(params, false, SEED + more))
  expect(steps.length).toBeGreaterThan(5)
})
