import { beforeEach, describe, expect, it } from 'vitest'
import { dockStore } from '../stores/dock-store'
import { runStore } from '../stores/run-store'
import { viewStore } from '../stores/view-store'
import {
  addBreakpoint,
  breakpointText,
  moveLines,
  removeBreakpoint,
  switchBreakpoint,
  toggleLine,
} from './breakpoints'
import { stepAtLine } from './run-to'

const steps = [5, 5, 9, 14].map((line, i) => ({
  n: i + 1,
  line,
  lines: [],
  text: '',
  call: 'open',
  ret: 0,
  errno: null,
  rule: null,
  expected: false,
  message: null,
  out: null,
  label: { verb: 'open', object: '' },
}))

function lines(): (string | number)[] {
  return viewStore
    .getState()
    .breakpoints.filter(point => point.kind === 'line')
    .map(point => point.value)
}

describe("the reader's breakpoints", () => {
  beforeEach(() => {
    viewStore.setState({ breakpoints: [] })
    runStore.setState({ newest: null })
  })

  it('are set once, switched, removed, and said aloud', () => {
    addBreakpoint({ kind: 'errno', value: 'EINVAL' })
    addBreakpoint({ kind: 'errno', value: 'EINVAL' })
    expect(viewStore.getState().breakpoints).toEqual([{ kind: 'errno', value: 'EINVAL', on: true }])
    expect(dockStore.getState().said).toBe('Breakpoint set: errno EINVAL')
    switchBreakpoint({ kind: 'errno', value: 'EINVAL' }, false)
    expect(viewStore.getState().breakpoints[0]?.on).toBe(false)
    removeBreakpoint({ kind: 'errno', value: 'EINVAL' })
    expect(viewStore.getState().breakpoints).toEqual([])
  })

  it('follow their lines; those whose line went, or came together, are one or none', () => {
    for (const line of [5, 9, 14]) toggleLine(line)
    addBreakpoint({ kind: 'command', value: 'open' })
    moveLines([7, null, 7])
    expect(lines()).toEqual([7])
    expect(viewStore.getState().breakpoints.at(-1)).toMatchObject({ kind: 'command', value: 'open' })
  })

  it('a line is toggled; one that makes no step of its own stands for the next that does', () => {
    expect([1, 5, 6, 10, 14, 15].map(line => stepAtLine(steps, line)?.n)).toEqual([1, 1, 3, 4, 4, undefined])
    toggleLine(40)
    expect(lines()).toEqual([40])
    toggleLine(40)
    expect(lines()).toEqual([])
    toggleLine(null)
    expect(lines()).toEqual([])
    expect(breakpointText({ kind: 'iova', value: '0x2000' })).toBe('IOVA 0x2000')
  })
})
