/** From one part of the picture to the next: by Tab in the order of creation, by arrows to what lies there. */
import type { Box, EdgeRoute } from '../../../worker/layout/types'
import type { Places } from './drawn'

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

export function isDirection(key: string): key is Direction {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight'
}

/** The nearest of `ids` that lies in a direction, or null where none does. */
export function neighbour(
  from: string,
  direction: Direction,
  ids: readonly string[],
  places: Places,
): string | null {
  const here = boxOf(from, places)
  if (here === null) return null
  let best: { readonly id: string; readonly far: number } | null = null
  for (const id of ids) {
    const there = id === from ? null : boxOf(id, places)
    const far = there === null ? null : distance(here, there, direction)
    if (far !== null && (best === null || far < best.far)) best = { id, far }
  }
  return best?.id ?? null
}

function boxOf(id: string, { nodes, edges }: Places): Box | null {
  return nodes.get(id) ?? ofRoute(edges.get(id)) ?? null
}

/** An edge counts as standing at the middle of its last piece. */
function ofRoute(route: EdgeRoute | undefined): Box | null {
  const [before, tip] = route?.points.slice(-2) ?? []
  if (before === undefined || tip === undefined) return null
  return { x: tip.x - 1, y: (before.y + tip.y) / 2 - 1, width: 2, height: 2 }
}

const SIDEWAYS = 2

/** How far to go, and twice how far aside; null where it does not lie in that direction. */
function distance(from: Box, to: Box, direction: Direction): number | null {
  const isUpright = direction === 'ArrowUp' || direction === 'ArrowDown'
  const sign = direction === 'ArrowUp' || direction === 'ArrowLeft' ? -1 : 1
  const [a, b] = isUpright ? [spanY(from), spanY(to)] : [spanX(from), spanX(to)]
  const ahead = sign * (b.middle - a.middle)
  const clear = sign > 0 ? b.low - a.high : a.low - b.high
  if (ahead <= 0 || clear < -Math.min(a.high - a.low, b.high - b.low) / 2) return null
  const [c, d] = isUpright ? [spanX(from), spanX(to)] : [spanY(from), spanY(to)]
  const aside = Math.max(0, d.low - c.high, c.low - d.high)
  return ahead + SIDEWAYS * aside + Math.abs(d.middle - c.middle) / 10
}

interface Span {
  readonly low: number
  readonly high: number
  readonly middle: number
}

const spanX = ({ x, width }: Box): Span => ({ low: x, high: x + width, middle: x + width / 2 })
const spanY = ({ y, height }: Box): Span => ({ low: y, high: y + height, middle: y + height / 2 })
