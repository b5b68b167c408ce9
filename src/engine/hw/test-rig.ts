/** For tests of platforms: a machine of memory and one IOMMU, with events and costs collected. */
import { assert } from '../bits'
import { type Bulk, createBulk } from '../mem'
import { createTable, mapRun, type TableRef } from '../pt'
import type { CostName } from '../trace/costs'
import type { EventBody } from '../trace/events'
import type {
  HwContext,
  HwDevice,
  InvalidationScope,
  Platform,
  TableSpec,
  TranslateRequest,
  Translation,
  WindowParams,
} from './contract'

export const testDevice = (change: Partial<HwDevice> = {}): HwDevice => {
  const none = { pasidBits: null, ats: false, pri: false, aliases: [] }
  return { name: 'dev1', rid: 0x18, segment: 0, group: 1, pe: 0, ...none, ...change }
}

/** Pages are 4 KiB numbers; `page` is a device page. */
export interface TestMap {
  readonly page: number
  readonly target: number
  readonly pages: number
  readonly perm: number
}

export class Rig {
  readonly bulk: Bulk = createBulk()
  readonly events: EventBody[] = []
  readonly costs = new Map<CostName, number>()
  readonly platform: Platform
  readonly config: unknown
  readonly ctx: HwContext
  state: unknown
  private nextTable = 1

  constructor(
    platform: Platform,
    params: Record<string, string> = {},
    windows: readonly WindowParams[] = [],
  ) {
    this.platform = platform
    const configured = platform.configure(params, windows)
    assert('config' in configured, 'problem' in configured ? configured.problem : '')
    this.config = configured.config
    const add = (name: CostName, by: number) => this.costs.set(name, this.cost(name) + by)
    const emit = (event: EventBody) => this.events.push(event)
    this.ctx = { bulk: this.bulk, events: { on: true, emit }, costs: { add } }
    this.state = platform.init(this.ctx, this.config)
  }

  cost(name: CostName): number {
    return this.costs.get(name) ?? 0
  }

  specs(device: HwDevice): readonly TableSpec[] {
    return this.platform.tablesFor(this.config, device)
  }

  /** Makes the tables the device needs. */
  tables(device: HwDevice): TableRef[] {
    return this.specs(device).map(({ format, cfg }) => {
      const made = createTable(this.bulk, { id: this.nextTable++, format, cfg }, this.ctx)
      assert(made !== null, 'no frames for a table')
      return made
    })
  }

  route(device: HwDevice, tables: readonly TableRef[], domain = 5, pasid: number | null = null): void {
    this.state = this.platform.route(this.ctx, this.state, { device, pasid, to: { tables, domain } })
  }

  block(device: HwDevice, pasid: number | null = null): void {
    this.state = this.platform.route(this.ctx, this.state, { device, pasid, to: 'blocked' })
  }

  map(table: TableRef, map: TestMap): void {
    assert(mapRun(this.bulk, table, map, this.ctx), 'no frames for a map')
  }

  invalidate(scope: InvalidationScope): void {
    this.platform.invalidate(this.ctx, this.state, scope)
  }

  /** A read without effects, unless told. */
  ask(device: HwDevice, address: bigint, change: Partial<TranslateRequest> = {}): Translation {
    const quiet = { pasid: null, access: 'read', commit: false, cached: false } as const
    return this.platform.translate(this.ctx, this.state, { device, address, ...quiet, ...change })
  }

  /** DMA: cached, with effects. */
  dma(
    device: HwDevice,
    address: bigint,
    access: 'read' | 'write' = 'read',
    pasid: number | null = null,
  ): Translation {
    return this.ask(device, address, { access, commit: true, cached: true, pasid })
  }

  eventsOf<K extends EventBody['kind']>(kind: K): (EventBody & { kind: K })[] {
    return this.events.filter((event): event is EventBody & { kind: K } => event.kind === kind)
  }
}

/** The output of a translation, or the fault's code. */
export const answerOf = (outcome: Translation): number | string =>
  outcome.ok ? outcome.output : outcome.fault.code
