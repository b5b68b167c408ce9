/**
 * From what a flow's directives say to a machine at step 0: platform, memory, devices, policy.
 * What the flow leaves open becomes an assumption.
 */
import type { Dialect } from '../dialects/contract'
import type { Diagnostic, Span, Stage } from '../flow'
import { PLATFORMS, type Platform, platformById } from '../hw'
import { addDevice } from '../kernel/devices'
import { type DeviceAbilities, Machine, type Policy } from '../kernel/machine'
import { addMemory, memoryOverlaps } from '../kernel/process-memory'
import { type GuestRam, pageOf, type ViommuWay } from '../kernel/state'
import { createBulk } from '../mem'

/** The platform of a flow that names none: the first there is. */
export const DEFAULT_PLATFORM = PLATFORMS[0]?.id ?? ''

export interface Setup {
  readonly machine: Machine
  readonly platform: string
  readonly policy: Policy
  readonly diagnostics: readonly Diagnostic[]
}

export function setUp(
  stage: Stage,
  dialect: Dialect,
  overrides: {
    platform?: string
    policy?: Policy
    viommu?: ViommuWay
    asks: (platform: Platform) => DeviceAbilities
  },
): Setup {
  const problems: Diagnostic[] = []
  const id = overrides.platform ?? stage.platform?.id ?? DEFAULT_PLATFORM
  const platform = known(id)
  const policy = { ...defaults(dialect), ...stage.policy, ...overrides.policy }
  const params = stage.platform?.id === id ? stage.platform.params : {}
  const configured = platform.configure(params, stage.windows)
  if ('problem' in configured) problems.push(problem('platform.params', configured.problem, null))
  const fallback = platform.configure({}, [])
  const config = 'config' in configured ? configured.config : 'config' in fallback ? fallback.config : null
  const machine = new Machine({
    bulk: createBulk(),
    platform,
    hwConfig: config,
    policy,
    limits: {
      memlockPages: stage.memlock === null ? null : Number(stage.memlock / 4096n),
      guessMemory: stage.memory.length === 0,
      guessDevices: stage.devices.length === 0 ? overrides.asks(platform) : null,
      guestRam: guestRamOf(stage),
      viommuWay: overrides.viommu ?? null,
      windows: stage.windows,
    },
  })
  populate(machine, stage, problems)
  return { machine, platform: platform.id, policy, diagnostics: problems }
}

/** Guest memory without an address follows the one before it, from 0. */
function guestRamOf(stage: Stage): readonly GuestRam[] {
  const found: GuestRam[] = []
  for (const { guest, gpa, hva, size } of stage.memory) {
    if (!guest || size < 4096n) continue
    const first = gpa === null ? (found.at(-1)?.last ?? -1) + 1 : pageOf(gpa)
    found.push({ first, last: first + pageOf(size) - 1, hva: pageOf(hva) })
  }
  return found
}

/** The platform of an id; of one that is none, which the text's own check reports, the default. */
function known(id: string): Platform {
  const platform = platformById(id) ?? platformById(DEFAULT_PLATFORM)
  if (platform === null) throw new Error('no default platform')
  return platform
}

function defaults(dialect: Dialect): Policy {
  return Object.fromEntries(dialect.knobs.map(knob => [knob.key, knob.default]))
}

function populate(machine: Machine, stage: Stage, problems: Diagnostic[]): void {
  for (const memory of stage.memory) {
    const first = pageOf(memory.hva)
    const last = first + pageOf(memory.size) - 1
    if (memory.hva % 4096n !== 0n || memory.size % 4096n !== 0n || memory.size === 0n)
      problems.push(problem('memory.align', '#memory starts and ends on 4 KiB pages', memory.span))
    else if (memoryOverlaps(machine, first, last))
      problems.push(problem('memory.overlap', 'this memory meets another #memory', memory.span))
    else addMemory(machine, memory)
  }
  for (const device of stage.devices) {
    if (machine.root.devices.has(device.name))
      problems.push(problem('device.twice', `device ${device.name} is declared twice`, device.span))
    else addDevice(machine, { ...device, noSnoop: device.nosnoop })
  }
  for (const poke of stage.pokes)
    machine.bulk.memory.write64(Number(poke.address), low(poke.value), high(poke.value))
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

function high(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n))
}

const NOWHERE: Span = { from: 0, to: 0, line: 1, column: 1 }

export function problem(code: string, message: string, span: Span | null): Diagnostic {
  return { severity: 'error', code, message, hint: null, span: span ?? NOWHERE, fix: null }
}
