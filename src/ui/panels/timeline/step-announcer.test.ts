import { describe, expect, it } from 'vitest'
import type { GraphNode, GraphView, StepRecord } from '../../../engine'
import { announcement } from './StepAnnouncer'

const record: StepRecord = {
  n: 2,
  line: 3,
  lines: [],
  text: '',
  call: 'IOASID_MAP_DMA',
  ret: 0,
  errno: null,
  rule: null,
  expected: false,
  message: null,
  out: null,
  label: { verb: 'MAP', object: '' },
}
const node = (title: string, mark: GraphNode['mark']): GraphNode => ({
  id: title,
  kind: 'space',
  variant: '',
  title,
  subtitle: '',
  order: 0,
  inside: null,
  rows: [],
  mark,
})
const graph = (...nodes: GraphNode[]): GraphView => ({ title: '', nodes, edges: [] })

describe('what is said of a step', () => {
  it('step, call, answer, and what it made, took away and changed', () => {
    const shown = {
      step: 2,
      graph: graph(node('gpa', '+'), node('old', '-'), node('dev1', '~'), node('dev2', '')),
    }
    expect(announcement([record, record], shown)).toBe(
      'Step 2 of 2: IOASID_MAP_DMA ok, = 0; created gpa; removed old; 1 changed',
    )
  })

  it('a refusal with its errno and rule', () => {
    const refused = { ...record, ret: -1, errno: 'EINVAL', rule: 'map.alignment' }
    expect(announcement([record, refused], { step: 2, graph: graph() })).toBe(
      'Step 2 of 2: IOASID_MAP_DMA refused, EINVAL, rule map.alignment',
    )
  })

  it('the start', () => expect(announcement([record], { step: 0, graph: graph() })).toBe('Start'))
})
