import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { restored, toldSince } from './since'

const leaf = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.nat(3),
  fc.bigInt(0n, 3n),
  fc.constant(null),
  fc.boolean(),
)
const fields = (value: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom('a', 'b', 'c', 'rows'), value, { maxKeys: 4, noNullPrototype: true })
/** Some with an id, as objects of a graph have, which may stand twice. */
const record = fc
  .tuple(fc.option(fc.constantFrom('x', 'y', 'z')), fields(fc.oneof(leaf, fields(leaf), fc.array(leaf))))
  .map(([id, rest]) => (id === null ? rest : { id, ...rest }))
const message = fields(fc.oneof(leaf, record, fc.array(record, { maxLength: 4 }), fc.array(leaf)))

describe('what is new since a message', () => {
  it('makes it whole with the message before', () => {
    fc.assert(
      fc.property(message, message, (value, base) => {
        fc.pre(Object.keys(value).every(key => isTold(value[key], base[key])))
        // Through the form in which it travels.
        expect(restored(structuredClone(toldSince(value, base)), base)).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })

  it('is nothing where nothing changed, and keeps what did not change as it was', () => {
    const base = {
      step: 1,
      nodes: [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
      state: { spaces: [{ n: 1 }] },
    }
    expect(toldSince(structuredClone(base), base)).toEqual({})
    const next = {
      step: 2,
      nodes: [
        { id: 'b', n: 2 },
        { id: 'c', n: 3 },
      ],
      state: { spaces: [{ n: 1 }] },
    }
    const told = toldSince(next, base)
    expect(told).toEqual({ step: 2, nodes: [1, { id: 'c', n: 3 }] })
    const whole = restored(told, base) as typeof base
    expect([whole.nodes[0], whole.state]).toEqual([base.nodes[1], base.state])
    expect(whole.nodes[0]).toBe(base.nodes[1])
    expect(whole.state).toBe(base.state)
  })
})

/** Lists of numbers where there was a list of records are no messages of ours. */
function isTold(value: unknown, base: unknown): boolean {
  const has = (list: unknown, kind: string) =>
    Array.isArray(list) && list.some(one => typeof one === kind && one !== null)
  return !(has(value, 'number') && has(base, 'object'))
}
