/** Reads a diagram of boxes and arrows back: what is written in which box, which number above it, what leads where. */

export interface ReadDiagram {
  /** `[3] HWPT_PAGING`, as what stands above a box and in it; the outermost left out. */
  readonly boxes: readonly string[]
  /** `DEVICE > HWPT_NESTED`, by what the boxes say. */
  readonly arrows: readonly string[]
  /** What the outermost box is headed with. */
  readonly title: string
}

interface Found {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
  readonly text: string
}

export function readDiagram(drawing: string): ReadDiagram {
  const rows = drawing.split('\n')
  const at = (row: number, column: number): string => rows[row]?.[column] ?? ' '
  const all = boxesIn(rows, at)
  const [frame] = [...all].sort((a, b) => b.right - b.left - (a.right - a.left))
  if (frame === undefined) throw new Error('nothing is framed')
  const boxes = all.filter(box => box !== frame)
  const above = ({ top, left, right }: Found) =>
    /\[\d+\]/.exec((rows[top - 1] ?? '').slice(left, right + 1))?.[0] ?? ''
  return {
    title: (rows[frame.top + 1] ?? '').replaceAll('|', '').trim(),
    boxes: boxes.map(box => `${above(box)} ${box.text}`.trim()).sort(),
    arrows: arrowsIn(rows, at, boxes).sort(),
  }
}

type At = (row: number, column: number) => string

function boxesIn(rows: readonly string[], at: At): Found[] {
  return rows.flatMap((line, top) =>
    [...line.matchAll(/[_v|]*_[_v|]*/g)].flatMap((roof): Found[] => {
      const left = roof.index - 1
      const right = roof.index + roof[0].length
      if (at(top + 1, left) !== '|' || at(top + 1, right) !== '|' || !/^[_v|]+$/.test(roof[0])) return []
      let bottom = top + 1
      while (
        at(bottom, left) === '|' &&
        at(bottom, right) === '|' &&
        !isFloor(rows[bottom] ?? '', left, right)
      )
        bottom++
      if (!isFloor(rows[bottom] ?? '', left, right)) return []
      const inside = rows.slice(top + 1, bottom).map(row => row.slice(left + 1, right).trim())
      return [{ top, bottom, left, right, text: inside.filter(Boolean).join(' ') }]
    }),
  )
}

const isFloor = (row: string, left: number, right: number): boolean =>
  /^[_|]+$/.test(row.slice(left + 1, right)) && row.slice(left + 1, right).includes('_')

function arrowsIn(rows: readonly string[], at: At, boxes: readonly Found[]): string[] {
  const holding = (row: number) => boxes.filter(({ top, bottom }) => row > top && row <= bottom)
  const rightWall = (row: number, column: number) => holding(row).find(box => box.right === column)
  const leftWall = (row: number, column: number) => holding(row).find(box => box.left === column)
  /** The box that an upright line ends at, from a row of it on. */
  const along = (row: number, column: number, by: 1 | -1): Found | undefined => {
    const within = (box: Found) => column > box.left && column < box.right
    for (let now = row; now >= 0 && now < rows.length; now += by) {
      const end = boxes.find(box => within(box) && (by === 1 ? box.top : box.bottom) === now)
      if (end !== undefined) return end
      if (!'|v'.includes(at(now, column))) return undefined
    }
    return undefined
  }
  const told = (from: Found | undefined, to: Found | undefined, where: string): string =>
    `${from?.text ?? `nothing ${where}`} > ${to?.text ?? `nothing ${where}`}`
  return rows.flatMap((line, row) => {
    const left = [...line.matchAll(/<-+/g)].map(({ index, 0: { length } }) =>
      told(
        leftWall(row, index + length) ?? along(row, index + length, 1),
        rightWall(row, index - 1),
        `${row}:${index}`,
      ),
    )
    const right = [...line.matchAll(/-+>/g)].map(({ index, 0: { length } }) =>
      told(along(row, index - 1, -1), leftWall(row, index + length), `${row}:${index}`),
    )
    const down = [...line.matchAll(/(?<=_)v(?=_)/g)].map(({ index }) => {
      const to = boxes.find(box => box.top === row && index > box.left && index < box.right)
      const from = along(row - 1, index, -1) ?? beside(row, index)
      return told(from, to, `${row}:${index}`)
    })
    return [...left, ...right, ...down]
  })
  /** A line that comes down from the left side of a box: `|----` at its upper end. */
  function beside(row: number, column: number): Found | undefined {
    let top = row - 1
    while (at(top - 1, column) === '|') top--
    const reach = /^-+/.exec((rows[top] ?? '').slice(column + 1))?.[0].length ?? 0
    return leftWall(top, column + 1 + reach)
  }
}
