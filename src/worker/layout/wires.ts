/**
 * The upright ends of every attachment: where its line leaves the device and where it comes up to the
 * space's lower edge. Starts and ports take turns on a fine raster, so that no two upright pieces ever
 * lie on each other; the left side is taken first, since labels stand on the right.
 */
import type { Across } from './across'
import { DEVICE_INSET, type Density } from './metrics.data'
import type { Plan, SpacePlan } from './plan'
import type { OutlineEdge } from './types'

export interface Wire {
  readonly edge: OutlineEdge
  /** At the device. */
  readonly startX: number
  /** At the space. */
  readonly portX: number
}

export function wiresOf(plan: Plan, across: Across, density: Density): Wire[] {
  const starts = new Map<string, number>()
  const ports = new Map<string, number>()
  return plan.family.attaches.flatMap((edge): Wire[] => {
    const column = plan.devices.get(edge.from)
    const space = plan.spaces.get(edge.to)
    if (column === undefined || space === undefined) return []
    const middle = across.middle({ first: column, last: column })
    if (plan.straight.has(edge.id)) return [{ edge, startX: middle, portX: middle }]
    const startX = middle + startOffset(countUp(starts, edge.from), across.column, density)
    const portX = portOf(space, countUp(ports, edge.to), across, density)
    return [{ edge, startX, portX }]
  })
}

function countUp(counts: Map<string, number>, key: string): number {
  const now = counts.get(key) ?? 0
  counts.set(key, now + 1)
  return now
}

/** Odd multiples of half the raster, left of the middle first; finer where a device has very many. */
function startOffset(nth: number, column: number, { portApart }: Density): number {
  const room = column / 2 - DEVICE_INSET - 14
  const offsets = alternate(portApart / 2, portApart, room)
  return offsets[nth] ?? -fine(nth - offsets.length, room)
}

function portOf(space: SpacePlan, nth: number, across: Across, { portApart }: Density): number {
  const { first, last } = space.own ?? space
  const room = across.column / 2 - 8
  const offsets = alternate(portApart, portApart, room)
  const columns = last - first + 1
  // Column by column, so that the first few lines come up close to their own side of the space.
  const column = first + (nth % columns)
  const middle = across.middle({ first: column, last: column })
  const place = Math.floor(nth / columns)
  return middle + (offsets[place] ?? -fine(place - offsets.length, room))
}

/** All to the left, nearest first, then all to the right: `-a, -a-step, ..., a, a+step, ...`. */
function alternate(from: number, step: number, room: number): number[] {
  const found: number[] = []
  for (let at = from; at <= room; at += step) found.push(at)
  return [...found.map(at => -at), ...found]
}

/** Distinct places when the raster is full: 3, 5, 7, ... and round again a pixel further. */
function fine(nth: number, room: number): number {
  const lane = Math.max(1, Math.floor(room / 2) - 1)
  return 3 + (nth % lane) * 2 + (Math.floor(nth / lane) % 2)
}
