import { describe, expect, it } from 'vitest'
import { capabilityAnswer, decideWords } from './capabilities'

/** Types of the table in section 1.4 of the second proposal. */
const answer = capabilityAnswer({
  types: new Map([
    ['dev1', 8],
    ['dev2', 7],
    ['dev3', 4],
    ['dev4', 5],
  ]),
  platform: { PASID_DELEGATED: true },
})

const decide = (text: string) => decideWords(text, answer)

describe('conditions in words', () => {
  it.each([
    ['PASID_CPU and PASID_CPU_VIRT are both true for dev1', true],
    ['PASID_CPU and PASID_CPU_VIRT are both true for dev2', false],
    ['PASID_CPU is true for dev2', true],
    ['dev1 reports PASID_DELEGATED=false', true],
    ['dev3 reports PASID_DELEGATED=true', true],
    ['dev3 reports PASID_DELEGATED = false', false],
    ['PASID_CPU or PASID_CPU_VIRT for dev4', false],
    ['dev4 reports PASID_DELEGATED=true', true],
    ['dev2 reports PASID_DELEGATED=true', true],
    ['dev1 reports PASID_DELEGATED=true', false],
    ['not PASID_CPU for dev4', true],
    ['PASID_CPU and not PASID_CPU_VIRT for dev2', true],
    ['PASID_CPU and PASID_CPU_VIRT are both false for dev4', true],
    ['PASID_CPU && !PASID_DELEGATED', false],
    ['PASID_DELEGATED', true],
    ['true: anything at all', true],
    ['false: anything at all', false],
  ])('%s', (text, value) => {
    expect(decide(text)).toBe(value)
  })

  it.each(['the guest enables SVA', 'dev1 is an ENQCMD-capable mdev', 'PASID_CPU and the moon', ''])(
    '%s is not for us',
    text => {
      expect(decide(text)).toBeNull()
    },
  )
})
