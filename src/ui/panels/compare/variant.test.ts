import { describe, expect, it } from 'vitest'
import type { Choices } from '../../../engine'
import { firstColumns, readVariant, suggestions } from './variant'

const value = (name: string, modelled = true) => ({ value: name, means: '', by: '', modelled })
const CHOICES: Choices = {
  dialects: [
    {
      id: 'one',
      title: 'One',
      notModelled: [],
      knobs: [
        {
          key: 'prereg',
          title: '',
          argued: '',
          default: 'command',
          values: ['command', 'ioas', 'none'].map(one => value(one)),
        },
        { key: 'lookup', title: '', argued: '', default: 'no', values: [value('no'), value('yes', false)] },
        { key: 'elsewhere', title: '', argued: '', default: null, values: [value('a', false)] },
      ],
    },
    { id: 'two', title: 'Two', notModelled: [], knobs: [] },
  ],
  platforms: [
    { id: 'p', title: 'P', notModelled: [], params: [] },
    { id: 'q', title: 'Q', notModelled: [], params: [] },
  ],
  viommuWays: ['shadow', 'mirror', 'nested'],
}
const SCENE = { dialect: 'one', platform: 'p', policy: { prereg: 'command', lookup: 'no' } }

describe('a design as it is written', () => {
  it('names knobs, platform, dialect and the way of a vIOMMU', () => {
    expect(readVariant('prereg=ioas,viommu=mirror', CHOICES, SCENE)).toEqual({
      variant: { label: 'prereg=ioas,viommu=mirror', policy: { prereg: 'ioas' }, viommu: 'mirror' },
    })
    expect(readVariant('dialect=two platform=q', CHOICES, SCENE)).toEqual({
      variant: { label: 'dialect=two platform=q', policy: {}, dialect: 'two', platform: 'q' },
    })
    expect(readVariant('', CHOICES, SCENE)).toEqual({ variant: { label: 'as written', policy: {} } })
  })

  it.each([
    ['prereg', 'prereg is no key=value'],
    ['prereg=never', 'prereg is one of command, ioas, none'],
    ['lookup=yes', 'lookup is one of no'],
    ['elsewhere=a', 'one has no elsewhere'],
    ['dialect=two,prereg=ioas', 'two has no prereg'],
    ['__proto__=x', 'one has no __proto__'],
  ])('%s is told what is wrong with it', (written, problem) => {
    expect(readVariant(written, CHOICES, SCENE)).toEqual({ problem })
  })

  it('is suggested where it is not what the flow has', () => {
    const all = suggestions(CHOICES, { ...SCENE, text: 'open("x");' })
    expect(all).toEqual(['prereg=ioas', 'prereg=none', 'platform=q', 'dialect=two'])
    expect(firstColumns(all)).toEqual(['', 'prereg=ioas'])
    const ways = suggestions(CHOICES, { ...SCENE, text: 'viommu(dev1, gpa, shadow);' })
    expect(firstColumns(ways)).toEqual(['viommu=shadow', 'viommu=mirror', 'viommu=nested'])
    expect(firstColumns(suggestions(CHOICES, { ...SCENE, text: '// viommu(x)' }))).toEqual([
      '',
      'prereg=ioas',
    ])
  })
})
