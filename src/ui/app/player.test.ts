import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunReply, ShowReply } from '../../worker/protocol'
import { dockStore } from '../stores/dock-store'
import { changeSpeed, playStore } from '../stores/play-store'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import type { Controller } from './controller'
import { pause, togglePlay } from './player'

/** Shows each step as soon as it is asked for, as the worker does. */
const goTo = vi.fn((step: number) => {
  viewStore.setState({ step, shown: { step } as ShowReply })
  return Promise.resolve()
})
const controller = { goTo } as unknown as Controller

function stand(step: number, last: number): void {
  viewStore.setState({ step, shown: { step } as ShowReply })
  runStore.setState({ live: true, shown: { steps: Array.from({ length: last }) } as unknown as RunReply })
}

describe('play', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    playStore.setState({ playing: false, speed: 1 })
    dockStore.setState({ stops: new Set() })
  })
  afterEach(() => {
    pause()
    vi.useRealTimers()
  })

  it('takes a step a second, four at 4x, and ends at the last', async () => {
    stand(0, 6)
    togglePlay(controller)
    await vi.advanceTimersByTimeAsync(2010)
    expect(viewStore.getState().step).toBe(2)
    changeSpeed(1)
    changeSpeed(1)
    changeSpeed(1)
    expect(playStore.getState().speed).toBe(4)
    await vi.advanceTimersByTimeAsync(3000)
    expect(viewStore.getState().step).toBe(6)
    expect(playStore.getState().playing).toBe(false)
  })

  it('starts over from the end', async () => {
    stand(6, 6)
    togglePlay(controller)
    await vi.advanceTimersByTimeAsync(1010)
    expect(viewStore.getState().step).toBe(1)
  })

  it('stops where a breakpoint stops', async () => {
    stand(0, 6)
    dockStore.setState({ stops: new Set([3]) })
    togglePlay(controller)
    await vi.advanceTimersByTimeAsync(9000)
    expect([viewStore.getState().step, playStore.getState().playing]).toEqual([3, false])
  })

  it("gives way to a step of the reader's own", async () => {
    stand(0, 6)
    togglePlay(controller)
    await vi.advanceTimersByTimeAsync(1010)
    stand(5, 6)
    await vi.advanceTimersByTimeAsync(5000)
    expect([viewStore.getState().step, playStore.getState().playing]).toEqual([5, false])
  })

  it('never leaves a step that is not shown yet', async () => {
    stand(0, 6)
    togglePlay(controller)
    viewStore.setState({ shown: { step: 99 } as ShowReply })
    await vi.advanceTimersByTimeAsync(5000)
    expect(viewStore.getState().step).toBe(0)
    viewStore.setState({ shown: { step: 0 } as ShowReply })
    await vi.advanceTimersByTimeAsync(1010)
    expect(viewStore.getState().step).toBe(1)
  })
})
