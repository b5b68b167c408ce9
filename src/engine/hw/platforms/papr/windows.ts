/**
 * DMA windows of partitionable endpoints (PEs): which bus addresses a LIOBN stands for, how its TCEs are
 * laid out, and which devices have it. PAPR "DMA windows"; QEMU spapr_pci for numbers and defaults.
 *
 * Each PE has a default window (bus 0, 1 GiB, 4 KiB pages, one level) with a LIOBN of its own. A `#window`
 * replaces it where it has its LIOBN or overlaps it, and adds a window where it does not.
 * Not modelled: creating and removing windows at run time (RTAS), VIO windows.
 */
import { hex } from '../../../bits'
import { formatOf, type PtConfig } from '../../../pt'
import type { HwDevice, WindowParams } from '../../contract'

export interface PaprWindow {
  readonly liobn: number
  /** Bytes. */
  readonly start: bigint
  readonly size: bigint
  readonly pageLg2: number
  readonly levels: number
  /** Names of the devices that have it; empty means every device. */
  readonly devices: readonly string[]
}

export interface PaprConfig {
  /** Smallest TCE table in bytes, as log2. */
  readonly hostPageLg2: number
  readonly windows: readonly PaprWindow[]
}

export const TCE_FORMAT = 'papr-tce'

const DEFAULT_SIZE = 1n << 30n

/** At most so many windows a PE. */
const MAX_WINDOWS = 2

const PAGE_LG2: ReadonlyMap<bigint, number> = new Map([
  [0x1000n, 12],
  [0x1_0000n, 16],
  [0x100_0000n, 24],
])

/** The windows of a device, lowest bus address first. */
export function windowsOf(config: PaprConfig, device: Pick<HwDevice, 'name' | 'pe'>): readonly PaprWindow[] {
  const own = config.windows.filter(
    window => window.devices.length === 0 || window.devices.includes(device.name),
  )
  const standard = defaultWindow(0x8000_0000 + device.pe * 0x100)
  const replaced = own.some(window => window.liobn === standard.liobn || overlap(window, standard))
  const all = replaced ? own : [{ ...standard, liobn: freeLiobn(config, standard.liobn) }, ...own]
  return [...all].sort((a, b) => (a.start < b.start ? -1 : 1))
}

const defaultWindow = (liobn: number): PaprWindow => {
  return { liobn, start: 0n, size: DEFAULT_SIZE, pageLg2: 12, levels: 1, devices: [] }
}

/** The lowest from `liobn` up that no `#window` has taken for other devices. */
function freeLiobn(config: PaprConfig, liobn: number): number {
  return config.windows.some(window => window.liobn === liobn) ? freeLiobn(config, liobn + 1) : liobn
}

const overlap = (a: PaprWindow, b: PaprWindow): boolean =>
  a.start < b.start + b.size && b.start < a.start + a.size

export const lastByte = (window: PaprWindow): bigint => window.start + window.size - 1n

export const holds = (window: PaprWindow, address: bigint): boolean =>
  address >= window.start && address <= lastByte(window)

/** How the TCE table of a window is laid out. */
export function tableConfig(config: PaprConfig, window: PaprWindow): PtConfig {
  const { pageLg2, levels } = window
  const windowLg2 = window.size.toString(2).length - 1
  return { start: Number(window.start), windowLg2, pageLg2, levels, hostPageLg2: config.hostPageLg2 }
}

/** A window's key: devices that have the same LIOBN share its table. */
export const keyOf = (window: PaprWindow): string => `liobn ${hex(window.liobn)}`

/** The windows of `#window` directives, or what is wrong with them. */
export function readWindows(
  hostPageLg2: number,
  given: readonly WindowParams[],
): { readonly config: PaprConfig } | { readonly problem: string } {
  const windows = given.map(({ pageSize, ...rest }) => ({ ...rest, pageLg2: PAGE_LG2.get(pageSize) ?? 0 }))
  const config = { hostPageLg2, windows }
  const problem =
    windows.map(window => windowProblem(config, window)).find(found => found !== null) ??
    liobnProblem(windows) ??
    deviceProblem(config)
  return problem === null ? { config } : { problem }
}

const named = (window: PaprWindow, what: string): string => `window ${hex(window.liobn)}: ${what}`

function windowProblem(config: PaprConfig, window: PaprWindow): string | null {
  const { liobn, start, size } = window
  if (!Number.isInteger(liobn) || liobn < 0 || liobn > 0xffff_ffff) return 'a LIOBN has 32 bits'
  if (window.pageLg2 === 0) return named(window, 'pages are 4K, 64K or 16M')
  if (size <= 0n || (size & (size - 1n)) !== 0n) return named(window, 'the size must be a power of two')
  if (start < 0n || start + size > 1n << 64n) return named(window, 'it must lie within 64 bits')
  const problem = formatOf(TCE_FORMAT).problem(tableConfig(config, window))
  return problem === null ? null : named(window, problem)
}

function liobnProblem(windows: readonly PaprWindow[]): string | null {
  const twice = windows.find((window, k) => windows.findIndex(other => other.liobn === window.liobn) !== k)
  return twice === undefined ? null : named(twice, 'given twice')
}

/** What is wrong for some device: too many windows, or two that overlap. */
function deviceProblem(config: PaprConfig): string | null {
  const names = new Set(['', ...config.windows.flatMap(window => window.devices)])
  const problems = [...names].map(name => setProblem(windowsOf(config, { name, pe: 0 })))
  return problems.find(problem => problem !== null) ?? null
}

function setProblem(windows: readonly PaprWindow[]): string | null {
  if (windows.length > MAX_WINDOWS)
    return `a device has at most ${MAX_WINDOWS} windows, the default one included`
  const clash = windows.find((window, k) => windows.slice(k + 1).some(other => overlap(window, other)))
  return clash === undefined ? null : named(clash, 'it overlaps another window of the same device')
}
