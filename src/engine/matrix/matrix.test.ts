import { describe, expect, it } from 'vitest'
import type { MatrixView, MatrixWish } from './contract'
import { matrixOf, startMatrix } from './matrix'
import {
  holdsWhatIsSettled,
  SETTLED_V1_PAPR,
  SETTLED_V1_VTD,
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

const SETTLED: readonly [dialect: string, platform: string, rows: readonly Settled[]][] = [
  ['rfc-v1', 'vtd', SETTLED_V1_VTD],
  ['rfc-v1', 'papr', SETTLED_V1_PAPR],
  ['rfc-v2', 'vtd', SETTLED_V2_VTD],
]
for (const [dialect, platform, rows] of SETTLED)
  holdsWhatIsSettled(`${dialect} on ${platform}`, () => matrix({ dialect, platform }), rows)

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
