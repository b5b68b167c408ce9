/** What a real kernel answered, call by call, in every folder there is. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectGoals } from './goals.fixture'
import { replayFolder } from './recordings.fixture'

const FOLDERS = readdirSync('src/recordings').flatMap(file =>
  file.endsWith('.jsonl.br') ? [file.replace('.jsonl.br', '')] : [],
)

/** Recorded on a machine whose IOMMU is not modelled: every record says so, and none is passed over. */
const NOT_MODELLED = ['amd-v1']

describe('the recordings', () => {
  it('are all there', () => {
    expect(FOLDERS.length).toBe(10)
    expect(FOLDERS.reduce((sum, folder) => sum + replayFolder(folder).calls, 0)).toBe(25_925)
  })

  it.each(FOLDERS.filter(folder => !NOT_MODELLED.includes(folder)))(
    '%s are answered as the kernel did',
    folder => expectGoals(folder),
  )

  it.each(NOT_MODELLED)('%s are counted as unmodelled, each of them', folder => {
    const { calls, unmodelled } = replayFolder(folder)
    expect(unmodelled).toBe(calls)
  })
})
