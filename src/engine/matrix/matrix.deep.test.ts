/** Every dialect that has words for it, on every platform. */
import { describe, expect, it } from 'vitest'
import { DIALECTS } from '../dialects/registry'
import { PLATFORMS } from '../hw'
import { createSession } from '../session/session'
import type { MatrixView } from './contract'
import { matrixOf } from './matrix'
import {
  holdsWhatIsSettled,
  SETTLED_IOMMUFD,
  SETTLED_TYPE1,
  SETTLED_V1_SMMU,
  SETTLED_V2_PAPR,
  SETTLED_V2_SMMU,
  type Settled,
} from './settled.fixture'
import { matrixText } from './text'

const WORDED = DIALECTS.filter(dialect => dialect.matrix !== undefined)
const SCENES = WORDED.flatMap(dialect => PLATFORMS.map(platform => [dialect.id, platform.id] as const))

/** What is settled of those that matrix.test.ts leaves out. */
const SETTLED: Readonly<Record<string, readonly Settled[]>> = {
  'rfc-v1 on smmuv3': SETTLED_V1_SMMU,
  'rfc-v2 on papr': SETTLED_V2_PAPR,
  'rfc-v2 on smmuv3': SETTLED_V2_SMMU,
  'vfio-type1 on vtd': SETTLED_TYPE1,
  'iommufd on vtd': SETTLED_IOMMUFD,
}
it('settles scenes that there are', () => {
  const scenes = SCENES.map(([dialect, platform]) => `${dialect} on ${platform}`)
  expect(Object.keys(SETTLED).filter(scene => !scenes.includes(scene))).toEqual([])
})

describe.each(SCENES)('the matrix of %s on %s', (dialect, platform) => {
  let made: MatrixView | null = null
  const view = (): MatrixView => {
    const found = made ?? matrixOf({ dialect, platform })
    if ('problem' in found) throw new Error(found.problem)
    made = found
    return found
  }
  const scene = `${dialect} on ${platform}`
  const settled = SETTLED[scene]
  if (settled !== undefined) holdsWhatIsSettled(scene, view, settled)

  it('has a cell for each pair, read off a flow that shows it', () => {
    const { types, operations, cells } = view()
    expect(cells.length).toBe(types.length * operations.length)
    for (const { type, operation, ...cell } of cells.filter(one => one.result !== 'no-words')) {
      const line = cell.text.split('\n')[cell.line - 1]
      expect(line?.length, `${type} ${operation}`).toBeGreaterThan(5)
      expect(cell.errno === null).toBe(cell.result === 'ok')
      expect(cell.message === null).toBe(cell.result === 'ok')
    }
  })

  it('says the same when a cell is opened and run again', () => {
    const run = view().cells.filter(one => one.result !== 'no-words')
    const cells = run.filter((_, k) => k % 5 === 0)
    expect(cells.length).toBeGreaterThan(2)
    for (const { text, step, line, ret, errno, rule, message } of cells)
      expect(createSession(text).steps[step - 1]).toMatchObject({ line, ret, errno, rule, message })
  })

  it('fits 100 columns, each way to be refused told once', () => {
    const text = matrixText(view())
    const lines = text.split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100)
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    const rules = new Set(
      view().cells.flatMap(cell => (cell.rule === null ? [] : [`${cell.errno} ${cell.rule}`])),
    )
    expect(lines.filter(line => /^ ?\d+ {2}-E/.test(line)).length).toBe(rules.size)
  })
})
