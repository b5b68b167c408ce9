import { describe, expect, it } from 'vitest'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import { isGraphDue } from './first-graph'

const run = runStore.getInitialState()
const view = viewStore.getInitialState()

describe('what keeps the parts beside the graph waiting', () => {
  it('is a short run that has not answered', () => {
    expect(isGraphDue(view, run)).toBe(false)
    expect(isGraphDue(view, { ...run, engine: { kind: 'running', done: 0 } })).toBe(false)
  })

  it.each([
    ['a long run', { engine: { kind: 'running', done: 640 } }],
    ['an engine that does not start', { engine: { kind: 'unusable' } }],
    ['a lost worker', { loss: { reason: 'failed', message: '', during: 'run', done: 0 } }],
    ['a crash', { crash: { message: '', stack: '', text: '', step: 0 } }],
    ['a stopped run', { stopped: 'Stopped.' }],
  ] as const)('is not %s', (_, part) => {
    expect(isGraphDue(view, { ...run, ...part })).toBe(true)
  })
})
