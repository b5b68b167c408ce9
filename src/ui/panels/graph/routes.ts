/**
 * The edges' lines: upright, or with one level piece in the gap below the contexts. Every level piece
 * has a track of its own and every attachment a port of its own on its space's lower edge, so that no
 * two edges share a piece that carries a label.
 */
import type { Box, OutlineEdge, Point, Route } from './layout-types'

export interface Ground {
  readonly nodes: ReadonlyMap<string, Box>
  readonly ports: ReadonlyMap<string, Box>
  readonly railTop: number
  readonly railBottom: number
}

const PORT_SHARES = [0.5, 0.75, 0.25, 0.88, 0.12, 0.63, 0.37]
const PORT_APART = 28
const LABEL_RIGHT = 10

export function routeEdges(edges: readonly OutlineEdge[], ground: Ground): Map<string, Route> {
  const routes = new Map<string, Route>()
  for (const edge of edges) {
    const route = edge.kind === 'attach' ? null : upright(edge, ground)
    if (route !== null) routes.set(edge.id, route)
  }
  for (const [id, route] of attachments(edges, ground)) routes.set(id, route)
  return routes
}

/** Child to parent and root to memory: from the top of the lower to the bottom of the upper. */
function upright(edge: OutlineEdge, { nodes }: Ground): Route | null {
  const lower = nodes.get(edge.from)
  const upper = nodes.get(edge.to)
  if (lower === undefined || upper === undefined) return null
  const x = middle(lower)
  const from = { x, y: lower.y }
  const bottom = upper.y + upper.height
  const overlaps = x > upper.x + 8 && x < upper.x + upper.width - 8
  if (overlaps) {
    const to = { x, y: bottom }
    return { points: [from, to], label: { x: x + LABEL_RIGHT, y: (from.y + to.y) / 2 }, centred: false }
  }
  return beside(from, upper)
}

/** The parent stands in another column: up in the own column to the parent's height, then across to its side. */
function beside(from: Point, upper: Box): Route {
  const y = upper.y + upper.height - 16
  const fromRight = from.x > upper.x
  const to = { x: fromRight ? upper.x + upper.width : upper.x, y }
  const label = { x: from.x + LABEL_RIGHT, y: (from.y + y) / 2 }
  return { points: [from, { x: from.x, y }, to], label, centred: false }
}

interface Attach {
  readonly id: string
  readonly device: string
  readonly deviceX: number
  readonly space: Box
  readonly spaceX: number
}

function attachments(edges: readonly OutlineEdge[], ground: Ground): [string, Route][] {
  const placed = withPorts(edges, ground)
  const bent = placed.filter(a => a.deviceX !== a.spaceX).sort((a, b) => a.deviceX - b.deviceX)
  const lowest = Math.max(0, ...placed.map(a => a.space.y + a.space.height))
  const trackOf = (attach: Attach) => {
    const share = (bent.indexOf(attach) + 1) / (bent.length + 1)
    return lowest + 12 + (ground.railTop - lowest - 12) * share
  }
  return placed.map(a => [a.id, attachRoute(a, { trackY: trackOf(a), lowest, ground })])
}

function withPorts(edges: readonly OutlineEdge[], { nodes }: Ground): Attach[] {
  const taken = new Map<string, number[]>()
  const known = edges.flatMap(edge => {
    const device = nodes.get(edge.from)
    const space = nodes.get(edge.to)
    if (edge.kind !== 'attach' || device === undefined || space === undefined) return []
    return [{ edge, deviceX: middle(device), space }]
  })
  // Those that can go straight up choose first.
  const straightFirst = [...known].sort((a, b) => Number(isOver(b)) - Number(isOver(a)))
  return straightFirst.map(({ edge, deviceX, space }) => {
    const ports = taken.get(edge.to) ?? []
    taken.set(edge.to, ports)
    const spaceX = freePort({ deviceX, space }, ports)
    ports.push(spaceX)
    return { id: edge.id, device: edge.from, deviceX, space, spaceX }
  })
}

function isOver({ deviceX, space }: { deviceX: number; space: Box }): boolean {
  return deviceX >= space.x + 16 && deviceX <= space.x + space.width - 16
}

function freePort(at: { deviceX: number; space: Box }, taken: readonly number[]): number {
  const { deviceX, space } = at
  const free = (x: number) => taken.every(other => Math.abs(other - x) >= PORT_APART)
  if (isOver(at) && free(deviceX)) return deviceX
  const shares = PORT_SHARES.map(share => Math.round(space.x + space.width * share))
  return shares.find(free) ?? Math.round(space.x + space.width * (0.1 + (taken.length % 9) / 10))
}

function attachRoute(attach: Attach, at: { trackY: number; lowest: number; ground: Ground }): Route {
  const { deviceX, space, spaceX, device } = attach
  const { ground, trackY, lowest } = at
  const from = { x: deviceX, y: ground.nodes.get(device)?.y ?? ground.railBottom }
  const end = { x: spaceX, y: space.y + space.height }
  if (deviceX === spaceX) {
    const label = { x: deviceX + LABEL_RIGHT, y: (lowest + 12 + ground.railTop) / 2 }
    return { points: [from, end], label, centred: false }
  }
  const label = { x: (deviceX + spaceX) / 2, y: trackY }
  return { points: [from, { x: deviceX, y: trackY }, { x: spaceX, y: trackY }, end], label, centred: true }
}

function middle(box: Box): number {
  return Math.round(box.x + box.width / 2)
}
