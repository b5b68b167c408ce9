import { describe, expect, it } from 'vitest'
import type { MatrixCell, MatrixView, MatrixWish } from './contract'
import { matrixOf, startMatrix } from './matrix'
import {
  SETTLED_TYPE1,
  SETTLED_V1_PAPR,
  SETTLED_V1_SMMU,
  SETTLED_V1_VTD,
  SETTLED_V2_PAPR,
  SETTLED_V2_SMMU,
  SETTLED_V2_VTD,
  type Settled,
} from './settled.fixture'
import { cellAt } from './text'

const made = new Map<string, MatrixView>()

/** Each asked for once. */
function matrix(wish: MatrixWish): MatrixView {
  const key = JSON.stringify(wish)
  const view = made.get(key) ?? matrixOf(wish)
  if ('problem' in view) throw new Error(view.problem)
  made.set(key, view)
  return view
}

function outcomeOf({ result, errno, rule }: MatrixCell, settled: string): string {
  const named = settled.includes(' ') ? `${errno} ${rule}` : `${errno}`
  if (result === 'no-words') return 'no words'
  if (result === 'ok') return 'ok'
  return result === 'no-type' ? `no-type:${named}` : named
}

const SETTLED: readonly [MatrixWish, readonly Settled[]][] = [
  [{ dialect: 'rfc-v1', platform: 'vtd' }, SETTLED_V1_VTD],
  [{ dialect: 'rfc-v1', platform: 'papr' }, SETTLED_V1_PAPR],
  [{ dialect: 'rfc-v1', platform: 'smmuv3' }, SETTLED_V1_SMMU],
  [{ dialect: 'rfc-v2', platform: 'vtd' }, SETTLED_V2_VTD],
  [{ dialect: 'rfc-v2', platform: 'papr' }, SETTLED_V2_PAPR],
  [{ dialect: 'rfc-v2', platform: 'smmuv3' }, SETTLED_V2_SMMU],
  [{ dialect: 'vfio-type1', platform: 'vtd' }, SETTLED_TYPE1],
]

describe.each(SETTLED)('what is settled of %o', (wish, rows) => {
  it.each(rows)('%s, %s: %s (%s)', (type, operation, settled) => {
    expect(outcomeOf(cellAt(matrix(wish), type, operation), settled)).toBe(settled)
  })

  it('is no cell twice', () => {
    const cells = rows.map(([type, operation]) => `${type} ${operation}`)
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('knobs', () => {
  const v1 = (policy: Record<string, string>) => matrix({ dialect: 'rfc-v1', platform: 'vtd', policy })

  it('invalidate-scope=any-ioasid flushes kernel-managed spaces, too (R23)', () => {
    const view = v1({ 'invalidate-scope': 'any-ioasid' })
    for (const operation of ['invalidate-all', 'invalidate-range'])
      expect(cellAt(view, 'kernel-root', operation)).toMatchObject({ result: 'ok', ret: 0 })
  })

  it('activation=enable-call: tables are enabled, and nothing attaches any more (R35)', () => {
    const view = v1({ activation: 'enable-call' })
    expect(cellAt(view, 'kernel-root', 'map').result).toBe('ok')
    expect(cellAt(view, 'kernel-root', 'attach')).toMatchObject({
      errno: 'EBUSY',
      rule: 'enable.late-attach',
    })
  })

  it('prereg=none: no space registers memory', () => {
    const cell = cellAt(v1({ prereg: 'none' }), 'prereg', 'map')
    expect(cell).toMatchObject({ result: 'no-type', rule: 'prereg.off' })
    expect(cell.text).toContain('#policy    prereg=none\n')
  })
})

it('runs in slices', () => {
  const run = startMatrix({ dialect: 'rfc-v1', platform: 'papr' })
  if ('problem' in run) throw new Error(run.problem)
  let slices = 0
  while (!run.advance(50)) {
    slices += 1
    expect(run.done).toBe(slices * 50)
  }
  expect(run.done).toBe(run.total)
  expect(run.finish()).toEqual(matrix({ dialect: 'rfc-v1', platform: 'papr' }))
})

it('names what it does not know', () => {
  expect(startMatrix({ dialect: 'none' })).toEqual({ problem: 'there is no dialect none' })
  expect(startMatrix({ platform: 'none' })).toEqual({ problem: 'there is no platform none' })
})
