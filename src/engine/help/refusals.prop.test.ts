/** What a card says a call may answer, held against what calls in no order do answer. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../dialects/contract'
import { Bench, GIB } from '../dialects/fixture'
import { generator, type Random } from '../dialects/generator.fixture'
import { DIALECTS } from '../dialects/registry'
import { helpFor } from './help'

const CALLS = 4000
const SEEDS = [3, 5, 8]
const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T

/** Small numbers meet what is there; the rest reaches every check. */
function numberFor(random: Random, role: string): bigint {
  const page = 0x1000n
  switch (role) {
    case 'vaddr':
      return random(3) === 0 ? BigInt(random(8)) * page : GIB + BigInt(random(40)) * page
    case 'iova':
      return BigInt(random(30)) * page + (random(30) === 0 ? 1n : 0n)
    case 'size':
      return BigInt(random(6)) * page
    case 'ioasid':
      return BigInt(random(6))
    default:
      return BigInt(random(5))
  }
}

describe.each(DIALECTS)('the cards of $id', dialect => {
  const listed = new Map(
    dialect.commands.map(({ name }) => [
      name,
      new Set(helpFor(name, dialect.id)?.refusals.map(({ rule }) => rule)),
    ]),
  )

  it.each(SEEDS)('list every refusal of %i', seed => {
    const random = generator(seed)
    const policy = Object.fromEntries(dialect.knobs.map(knob => [knob.key, pick(random, knob.values)]))
    const bench = new Bench({
      dialect,
      policy: { ...policy, 'initial-attach': 'explicit' },
      memory: [{ hva: GIB, size: GIB }],
    })
    const paths = ['/dev/vfio/devices/dev1', '/dev/vfio/devices/dev2', ...dialect.tells.paths, '/dev/vfio/1']
    for (const path of paths) bench.tryOpen(path)
    const answered = (command: Command) => {
      const fields = Object.fromEntries(
        command.fields.filter(() => random(5) > 0).map(({ name, role }) => [name, numberFor(random, role)]),
      )
      return bench.ioctl(3 + random(4), command.name, fields)
    }
    const seen = new Set<string>()
    for (let i = 0; i < CALLS; i++) {
      const command = pick(random, dialect.commands)
      const { rule } = answered(command)
      if (rule !== null) seen.add(`${command.name} ${rule}`)
    }
    const missing = [...seen].filter(pair => {
      const [name = '', rule = ''] = pair.split(' ')
      return !listed.get(name)?.has(rule)
    })
    expect(seen.size).toBeGreaterThan(Math.min(40, 2 * dialect.commands.length))
    expect(missing).toEqual([])
  })
})
