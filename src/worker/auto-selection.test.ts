import { describe, expect, it } from 'vitest'
import { autoSelection } from './auto-selection'
import { graphAt } from './testing/sample-graph.fixture'

describe('what a reader most likely wants to see of a step', () => {
  it.each([
    [7, 'space:1', 'the space it made'],
    [8, 'space:1', 'the space a device was attached to'],
    [10, 'space:1', 'the space it changed'],
    [12, 'space:2', 'the newer space'],
    [15, 'space:2', 'the space it mapped'],
    [1, 'device:dev1', 'the device it opened'],
  ])('step %i: %s, %s', (step, id) => expect(autoSelection(graphAt(step))).toBe(id))

  it('an empty graph has nothing', () => {
    expect(autoSelection({ title: '', nodes: [], edges: [] })).toBeNull()
  })
})
