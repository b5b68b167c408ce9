/**
 * Where along its line an attachment's label stands, before anybody knows at what height: every line
 * that bends gets a level track of its own, every straight one a place in a row of labels, so that only
 * the upright lines have to be avoided here.
 */
import { BESIDE, labelWidth, PAD } from './metrics.data'
import { packRows } from './rows'
import type { Wire } from './wires'

export interface PlacedWire extends Wire {
  /** Left end of the label. */
  readonly labelX: number
  readonly labelWidth: number
  /** Counted from the contexts down for lines that bend, from the rail up for straight ones. */
  readonly row: number
}

export interface PlacedWires {
  readonly bent: readonly PlacedWire[]
  readonly straight: readonly PlacedWire[]
  readonly tracks: number
  readonly labelRows: number
}

export function placeLabels(wires: readonly Wire[], width: number): PlacedWires {
  const uprights = [...new Set(wires.flatMap(({ startX, portX }) => [startX, portX]))].sort((a, b) => a - b)
  const isBent = ({ startX, portX }: Wire) => startX !== portX
  const bent = inRows(wires.filter(isBent).map(wire => withLabel(wire, uprights, width)))
  const straight = inRows(wires.filter(w => !isBent(w)).map(wire => withLabel(wire, uprights, width)))
  return { bent, straight, tracks: rowCount(bent), labelRows: rowCount(straight) }
}

type Unplaced = Omit<PlacedWire, 'row'>

function inRows(wires: readonly Unplaced[]): PlacedWire[] {
  const rows = packRows(
    wires.map(({ startX, portX, labelX, labelWidth: long }) => {
      const low = Math.min(startX, portX, labelX) - 4
      return { low, high: Math.max(startX, portX, labelX + long) + 4 }
    }),
  )
  return wires.map((wire, i) => ({ ...wire, row: rows[i] ?? 0 }))
}

const rowCount = (wires: readonly PlacedWire[]) => Math.max(0, ...wires.map(wire => wire.row + 1))

const CROSSED = 1000
const OUTSIDE = 40
const STEP = 4

function withLabel(wire: Wire, uprights: readonly number[], width: number): Unplaced {
  const { startX, portX } = wire
  const long = labelWidth(wire.edge)
  const [low, high] = [Math.min(startX, portX), Math.max(startX, portX)]
  const most = Math.max(PAD, width - PAD - long)
  let best = { x: Math.min(high + BESIDE, most), cost: Number.POSITIVE_INFINITY }
  const judge = (wish: number) => {
    const x = Math.max(PAD, Math.min(most, wish))
    const crossed = uprights.filter(at => at > x - 6 && at < x + long + 6).length
    const outside = x < low || x + long > high ? OUTSIDE : 0
    const cost = crossed * CROSSED + outside + Math.abs(x + long / 2 - (low + high) / 2) / 100
    if (cost < best.cost) best = { x, cost }
  }
  judge(high + BESIDE)
  judge(low - BESIDE - long)
  for (let x = low + 4; x + long <= high - 4; x += STEP) judge(x)
  return { ...wire, labelX: Math.round(best.x), labelWidth: long }
}
