import { describe, expect, it } from 'vitest'
import { mayNestUnder, requireMappable } from './spaces'
import type { SpaceKind, SpaceRecord } from './state'

const KINDS: readonly SpaceKind[] = [
  'kernel',
  'user-table',
  'user-pasid-table',
  'sva',
  'prereg',
  'dummy',
  'passthrough',
  'blocked',
]

function space(kind: SpaceKind): SpaceRecord {
  return {
    uid: 1,
    context: 1,
    id: 1,
    name: 'a',
    kind,
    parent: null,
    children: [],
    attachments: [],
    tables: [],
    userTable: null,
    pasidTable: null,
    domain: 0,
    partialGroups: [],
    enabled: false,
    tracksDirty: false,
    snoop: 'off',
    order: 1,
  }
}

describe('what a kind of space allows (rfc 7, R19)', () => {
  const kernelWritten = ['kernel', 'prereg', 'dummy', 'passthrough']

  it.each(KINDS)('op.table-type: MAP and UNMAP on %s', kind => {
    const outcome = requireMappable(space(kind), 'IOASID_MAP_DMA')
    expect(outcome.ok ? 'ok' : outcome.rule).toBe(kernelWritten.includes(kind) ? 'ok' : 'op.table-type')
  })

  it.each(KINDS)('nest.parent-type: a child of %s', kind => {
    const outcome = mayNestUnder(space(kind))
    expect(outcome.ok ? 'ok' : outcome.rule).toBe(kernelWritten.includes(kind) ? 'ok' : 'nest.parent-type')
  })
})
