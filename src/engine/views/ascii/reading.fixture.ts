/**
 * Reads text views back: the judge of their tests. It knows what a reader knows (boxes have walls,
 * lines are followed with the eye) and nothing of how they were laid out.
 */

export interface ReadGraph {
  /** Numbers in brackets, in reading order, each as often as it appears. */
  readonly numbers: readonly number[]
  /** `2>5 attach`, by numbers. */
  readonly edges: readonly string[]
}

interface ReadBox {
  readonly number: number
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

class Sheet {
  readonly lines: readonly string[]
  constructor(text: string) {
    this.lines = text.split('\n')
  }
  at(row: number, column: number): string {
    return this.lines[row]?.[column] ?? ' '
  }
}

function tagsOf(sheet: Sheet): { number: number; row: number; column: number }[] {
  return sheet.lines.flatMap((line, row) =>
    Array.from(line.matchAll(/\[(\d+)\]/g), match => ({
      number: Number(match[1]),
      row,
      column: match.index,
    })),
  )
}

/** The box whose roof lies right under a number, or null: then the number belongs to a heading. */
function boxUnder(
  sheet: Sheet,
  { number, row, column }: { number: number; row: number; column: number },
): ReadBox | null {
  const top = row + 1
  const isRoof = (at: number) => '_v'.includes(sheet.at(top, at))
  if (!isRoof(column)) return null
  let left = column
  while (isRoof(left)) left--
  let right = column
  while (isRoof(right)) right++
  let bottom = top + 1
  while (sheet.at(bottom, left + 1) !== '_' && bottom < sheet.lines.length) bottom++
  return { number, top, bottom, left, right }
}

const spans = (box: ReadBox, row: number) => box.top < row && row <= box.bottom

function attachesOf(sheet: Sheet, boxes: readonly ReadBox[], space: ReadBox): string[] {
  const found: string[] = []
  for (let row = space.top + 1; row <= space.bottom; row++) {
    if (sheet.at(row, space.right + 1) !== '<') continue
    const device = boxes.find(box => box.left > space.right && spans(box, row))
    found.push(`${device?.number}>${space.number} attach`)
  }
  return found
}

/** Follows the line at the left wall: up to a parent's floor, or down a trunk to a `v` in a roof. */
function leftLine(sheet: Sheet, boxes: readonly ReadBox[], box: ReadBox): string[] {
  const row = box.top + 1
  if (sheet.at(row, box.left - 1) !== '-') return []
  const column = box.left - 2
  if ('|\\'.includes(sheet.at(row, column))) {
    let up = row - 1
    while (sheet.at(up, column) === '|') up--
    const parent = boxes.find(other => other.bottom === up && other.left < column && column < other.right)
    return [`${box.number}>${parent?.number} nest`]
  }
  let down = row
  while (sheet.at(down, box.left - 3) === '|') down++
  const memory = boxes.find(other => other.top === down && sheet.at(down, box.left - 3) === 'v')
  return [`${box.number}>${memory?.number} map`]
}

/** A drawing with boxes, read back. */
export function readDrawing(text: string): ReadGraph {
  const sheet = new Sheet(text)
  const tags = tagsOf(sheet)
  const boxes = tags.flatMap(tag => boxUnder(sheet, tag) ?? [])
  const attaches = boxes.flatMap(box => attachesOf(sheet, boxes, box))
  const isDevice = (box: ReadBox) => attaches.some(edge => edge.startsWith(`${box.number}>`))
  const edges = [
    ...attaches,
    ...boxes.filter(box => !isDevice(box)).flatMap(box => leftLine(sheet, boxes, box)),
  ]
  return { numbers: tags.map(tag => tag.number), edges }
}

const NODE = /^([| \\-]*)(\w+) \[(\d+)\]/
const ATTACH = /^[| ]*<(?:--|- -) \w+ \((\d+)\)/
const LEADS = /^[| ]*(?:--|- -)> \w+ \((\d+)\)( {2}nested)?/
const UNDER = /^under \w+ \((\d+)\):/

/** A tree, read back. A step of the tree counts as `nest`, `inside` included. */
export function readTree(text: string): ReadGraph {
  const numbers: number[] = []
  const edges: string[] = []
  /** The number that stands at each depth of the line being read. */
  let open: number[] = []
  let under: number | null = null
  for (const line of text.split('\n')) {
    const [here, attach, leads, postponed] = [NODE, ATTACH, LEADS, UNDER].map(pattern => pattern.exec(line))
    if (here) {
      const depth = (here[1] ?? '').length / 3
      const parent = depth === 0 ? under : open[depth - 1]
      if (parent !== null && parent !== undefined) edges.push(`${here[3]}>${parent} nest`)
      numbers.push(Number(here[3]))
      open = [...open.slice(0, depth), Number(here[3])]
      under = null
    }
    if (attach) edges.push(`${attach[1]}>${open.at(-1)} attach`)
    if (leads) edges.push(`${open.at(-1)}>${leads[1]} ${leads[2] ? 'nest' : 'map'}`)
    if (postponed) under = Number(postponed[1])
  }
  return { numbers, edges }
}
