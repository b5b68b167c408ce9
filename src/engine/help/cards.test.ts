/** Every word that a registry has is told about; a new row without a sentence fails here. */
import { describe, expect, it } from 'vitest'
import { DIALECTS } from '../dialects/registry'
import { CORE_CALLEES, CORE_CONSTANTS, DIRECTIVE_NAMES, ERRNO_NUMBERS } from '../flow'
import { PLATFORMS } from '../hw'
import { RULES } from '../kernel/rules.data'
import { BUILTINS } from '../session/builtins.data'
import { COST_NAMES } from '../trace/costs'
import type { HelpCard, HelpKind } from './contract'
import { DIRECTIVES } from './directives.data'
import { helpAt, helpFor } from './help'

const silent = (words: readonly string[], kind: HelpKind, cardOf: (word: string) => HelpCard | null) =>
  words.filter(word => {
    const card = cardOf(word)
    return card === null || card.kind !== kind || card.text.trim().length < 3 || card.title === ''
  })

describe('cards of calls that Linux has', () => {
  const members = (command: string) =>
    Object.fromEntries(
      (helpFor(command, 'iommufd')?.struct?.members ?? [])
        .filter(({ offset }) => offset !== null)
        .map(({ name, offset, bytes }) => [name, [offset, bytes]]),
    )

  it.each([
    // include/uapi/linux/vfio.h and iommufd_test.h, as pahole prints them.
    ['VFIO_IOMMU_MAP_DMA', { argsz: [0, 4], flags: [4, 4], vaddr: [8, 8], iova: [16, 8], size: [24, 8] }],
    ['VFIO_IOMMU_UNMAP_DMA', { argsz: [0, 4], flags: [4, 4], iova: [8, 8], size: [16, 8] }],
    ['TEST_ACCESS_RW', { access_fd: [8, 4], iova: [16, 8], length: [24, 8], uptr: [32, 8], flags: [40, 4] }],
    ['TEST_MD_CHECK_IOTLB', { hwpt_id: [8, 4], iotlb_id: [16, 4], iotlb: [20, 4] }],
    [
      'TEST_MOCK_DOMAIN',
      {
        pt_id: [8, 4],
        out_stdev_id: [16, 4],
        out_hwpt_id: [20, 4],
        out_idev_id: [24, 4],
        dev_flags: [28, 4],
      },
    ],
  ])('%s has its struct with offsets and sizes', (command, expected) => {
    expect(members(command)).toEqual(expected)
  })
})

describe.each(DIALECTS)('cards of $id', dialect => {
  const { commands, docs, knobs, files } = dialect
  const cardOf = (word: string) => helpFor(word, dialect.id)
  const names = commands.map(command => command.name)

  it('are there for every command and alias', () => {
    expect(
      silent(
        commands.flatMap(({ name, aliases }) => [name, ...aliases]),
        'command',
        cardOf,
      ),
    ).toEqual([])
    const source = names.filter(name => !docs.commands[name]?.source || !docs.commands[name]?.returns)
    expect(source, 'without source or return value').toEqual([])
    expect(
      Object.keys(docs.commands).filter(name => !names.includes(name)),
      'of no command',
    ).toEqual([])
  })

  it('show every field with a type and a sentence, the written ones too', () => {
    for (const command of commands) {
      const members = cardOf(command.name)?.struct?.members ?? []
      const written = docs.commands[command.name]?.writes.map(row => row.name) ?? []
      const wanted = new Set([...command.fields.map(field => field.name), ...written])
      expect(new Set(members.map(member => member.name)), command.name).toEqual(wanted)
      expect(members.filter(({ type, doc }) => type === '' || doc === '')).toEqual([])
    }
  })

  it('are there for every field and alias, in its command and alone', () => {
    for (const { name, fields } of commands) {
      const inside = (word: string) => {
        const text = `x = { .${word} = 1 };\nioctl(fd, ${name}, &x);\n`
        return helpAt(text, text.indexOf(word) + 1, dialect.id)?.card ?? null
      }
      const words = fields.flatMap(field => [field.name, ...field.aliases])
      expect(silent(words, 'field', inside), name).toEqual([])
      expect(
        silent(words, 'field', word => cardOf(`.${word}`)),
        name,
      ).toEqual([])
    }
  })

  it('are there for every constant, file, knob and value', () => {
    expect(silent(Object.keys(dialect.constants), 'constant', cardOf)).toEqual([])
    expect(
      silent(
        files.map(file => (file.path.includes('/') ? file.path : `${file.path}/x`)),
        'file',
        cardOf,
      ),
    ).toEqual([])
    expect(
      silent(
        knobs.map(knob => knob.key),
        'knob',
        cardOf,
      ),
    ).toEqual([])
    for (const { key, values } of knobs) {
      const valueCard = (value: string) => {
        const text = `#policy ${key}=${value}`
        return helpAt(text, text.length, dialect.id)?.card ?? null
      }
      expect(silent(values, 'value', valueCard), key).toEqual([])
      const { text = '', rows = [] } = cardOf(key) ?? {}
      expect(text.length, `${key}: who argued`).toBeGreaterThan(30)
      expect(rows.map(row => row.label)).toEqual(expect.arrayContaining([...values, dialect.title]))
    }
  })

  it('link to the mail only, and to nothing that a flow could name', () => {
    const links = names.flatMap(name => cardOf(name)?.links ?? [])
    expect(links.length > 0).toBe(Object.keys(docs.mails).length > 0)
    expect(links.filter(({ href }) => !/^https:\/\/lore\.kernel\.org\/r\/[\w@.+%-]+$/.test(href))).toEqual([])
  })
})

const [first] = DIALECTS
const cardOf = (word: string) => helpFor(word, first?.id ?? null)

describe('cards of what every flow has', () => {
  it('are there for directives and their options', () => {
    expect(
      silent(
        DIRECTIVE_NAMES.map(name => `#${name}`),
        'directive',
        cardOf,
      ),
    ).toEqual([])
    expect(Object.keys(DIRECTIVES)).toEqual(DIRECTIVE_NAMES)
    for (const [name, { options }] of Object.entries(DIRECTIVES)) {
      const at = (word: string) => helpAt(`#${name} x ${word}`, name.length + 5, null)?.card ?? null
      expect(
        silent(
          options.map(option => option.name),
          'option',
          at,
        ),
        name,
      ).toEqual([])
    }
  })

  it('are there for dialects, platforms and their parameters', () => {
    expect(
      silent(
        DIALECTS.map(({ id }) => id),
        'dialect',
        cardOf,
      ),
    ).toEqual([])
    expect(
      silent(
        PLATFORMS.map(({ id }) => id),
        'platform',
        cardOf,
      ),
    ).toEqual([])
    for (const { id, params } of PLATFORMS) {
      const at = (key: string) => helpAt(`#platform ${id} ${key}=1`, 12 + id.length, null)?.card ?? null
      expect(
        silent(
          params.map(({ key }) => key),
          'option',
          at,
        ),
        id,
      ).toEqual([])
    }
  })

  it('are there for functions, with every parameter', () => {
    expect(silent([...CORE_CALLEES, ...BUILTINS.map(({ name }) => name)], 'function', cardOf)).toEqual([])
    for (const { name, params } of BUILTINS) {
      expect(
        cardOf(name)?.rows.map(row => row.label),
        name,
      ).toEqual(params.map(param => param.name))
    }
  })

  it('are there for every error number and every constant of C', () => {
    expect(silent(Object.keys(ERRNO_NUMBERS), 'errno', cardOf)).toEqual([])
    const constants = [...CORE_CONSTANTS.keys()].filter(name => !(name in ERRNO_NUMBERS))
    expect(silent(constants, 'constant', cardOf)).toEqual([])
    const statuses = PLATFORMS.flatMap(({ hypercalls }) => hypercalls?.statuses ?? [])
    expect(statuses.length).toBeGreaterThan(2)
    expect(
      silent(
        statuses.map(({ name }) => name),
        'constant',
        cardOf,
      ),
    ).toEqual([])
    expect(cardOf('H_PARAMETER')?.title).toBe('H_PARAMETER = -4')
  })

  it('are there for events and counters', () => {
    expect(silent([...COST_NAMES], 'cost', cardOf)).toEqual([])
    expect(cardOf('table-allocated')?.kind).toBe('event')
  })
})

describe('every rule', () => {
  const ids = Object.keys(RULES)

  it('has an errno, a sentence and a source', () => {
    expect(silent(ids, 'rule', cardOf)).toEqual([])
    for (const [id, { errno, text, source }] of Object.entries(RULES)) {
      expect(errno in ERRNO_NUMBERS, id).toBe(true)
      expect(text.length, id).toBeGreaterThan(5)
      expect(source.length, id).toBeGreaterThan(1)
    }
  })

  it('is listed under its error number', () => {
    for (const [id, { errno }] of Object.entries(RULES)) {
      expect(
        cardOf(errno)?.refusals.map(({ rule }) => rule),
        id,
      ).toContain(id)
    }
  })

  it('belongs to a call', () => {
    const OF_NO_IOCTL =
      /^(open|enqcmd|guest-table|hypercall|viommu|fault-queue|file)\.|^fault\.(none|no-guest)$/
    const told = new Set(
      DIALECTS.flatMap(({ id, commands }) =>
        commands.flatMap(({ name }) => helpFor(name, id)?.refusals ?? []),
      ).map(({ rule }) => rule),
    )
    expect(ids.filter(id => !told.has(id) && !OF_NO_IOCTL.test(id))).toEqual([])
  })
})
