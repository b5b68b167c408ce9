import { expect, it } from 'vitest'
import { type MatrixView, matrixOf, matrixText } from '../engine'
import { matrixReply } from './matrix'
import type { MatrixRequest } from './protocol'
import { realEngine } from './real-engine'

const REQUEST: MatrixRequest = {
  kind: 'matrix',
  id: 7,
  dialect: null,
  platform: 'papr',
  policy: { unmap: 'type1' },
}

it('answers what the engine says, in slices', async () => {
  let pauses = 0
  const reply = await matrixReply(REQUEST, realEngine, async () => {
    pauses += 1
    return true
  })
  const expected = matrixOf({ platform: 'papr', policy: { unmap: 'type1' } }) as MatrixView
  expect(reply).toEqual({ kind: 'matrix-of', id: 7, matrix: expected, text: matrixText(expected) })
  expect(pauses).toBeGreaterThan(10)
})

it('ends when a newer one is asked for, and says what it has no words for', async () => {
  expect(await matrixReply(REQUEST, realEngine, async () => false)).toMatchObject({ kind: 'refused', id: 7 })
  const unknown = await matrixReply({ ...REQUEST, dialect: 'none' }, realEngine, async () => true)
  expect(unknown).toEqual({ kind: 'refused', id: 7, message: 'there is no dialect none' })
})
