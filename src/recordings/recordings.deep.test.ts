/** What a real kernel answered, call by call, in every folder there is. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectGoals } from './goals.fixture'
import { replayFolder } from './recordings.fixture'

const FOLDERS = readdirSync('src/recordings').flatMap(file =>
  file.endsWith('.jsonl.br') ? [file.replace('.jsonl.br', '')] : [],
)

describe('the recordings', () => {
  it('are all there', () => {
    expect(FOLDERS.length).toBe(10)
    expect(FOLDERS.reduce((sum, folder) => sum + replayFolder(folder).calls, 0)).toBe(25_925)
  })

  it.each(FOLDERS)('%s are answered as the kernel did', folder => expectGoals(folder))
})
