/**
 * The sample flows of both proposals, transcribed in our own words with their spelling, quoting and layout:
 * what each asks of the machine is counted in the mails themselves.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, type Diagnostic } from '..'
import { asked, found, runAll, WORDS } from '../fixture'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Scenario number to its operations; the missing names where the mail says "after boot". */
const V1: Readonly<Record<string, { asked: readonly string[]; missing?: string }>> = {
  '5.1': {
    asked: [
      'open dev1',
      'open ioasid',
      'VFIO_BIND_IOASID_FD',
      'IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
      'IOASID_MAP_DMA',
    ],
  },
  '5.2': {
    asked: [
      'open dev1',
      'open dev2',
      'open ioasid',
      'VFIO_BIND_IOASID_FD',
      'VFIO_BIND_IOASID_FD',
      'IOASID_REGISTER_MEMORY',
      'IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
      'VFIO_ATTACH_IOASID',
      'IOASID_MAP_DMA',
      'IOASID_ALLOC',
      'VFIO_DETACH_IOASID',
      'VFIO_ATTACH_IOASID',
      'IOASID_MAP_DMA',
    ],
  },
  '5.3': { asked: ['open dev1', 'open dev2', 'open ioasid'], missing: 'gpa_ioasid' },
  '5.4': { asked: ['open dev1', 'open dev2', 'open ioasid'], missing: 'gpa_ioasid' },
  '5.5': { asked: ['open dev1', 'open ioasid'], missing: 'gpa_ioasid' },
  '5.7': { asked: ['open dev1', 'open ioasid'], missing: 'gpa_ioasid' },
}

const AFTER_BOOT: Readonly<Record<string, readonly string[]>> = {
  '5.3': ['IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID', 'IOASID_MAP_DMA'],
  '5.4': ['IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID', 'IOASID_BIND_PGTABLE', 'IOASID_INVALIDATE_CACHE'],
  '5.5': ['IOASID_CREATE_NESTING', 'VFIO_ATTACH_IOASID', 'KVM_MAP_PASID', 'IOASID_BIND_PGTABLE'],
  '5.7': [
    'IOASID_CREATE_NESTING',
    'VFIO_ATTACH_IOASID',
    'IOASID_BIND_PASID_TABLE',
    'IOASID_CREATE_NESTING',
    'VFIO_ATTACH_IOASID',
    'IOASID_BIND_PGTABLE',
  ],
}

const isMendable = ({ severity, fix }: Diagnostic): boolean => severity === 'error' && fix !== null

describe('section 5 of the first proposal, pasted whole', () => {
  const text = read('v1-section-5.txt')
  const scenarios = compile(text, WORDS).scenarios

  const boot = text.slice(text.indexOf('> \tdevice_fd1 = open'), text.indexOf('> \t/* The guest turns'))
  const part = (from: string, to: string) =>
    text.slice(text.indexOf(`> ${from}. `), text.indexOf(`> ${to}. `))

  it('is one flow for each heading with calls, the first taken', () => {
    expect(scenarios.map(one => one.number)).toEqual(Object.keys(V1))
    expect(scenarios.map(one => one.chosen)).toEqual([true, false, false, false, false, false])
  })

  for (const [scenario, { number }] of scenarios.entries()) {
    const expected = V1[number ?? '']
    it(`${number} runs as written`, () => {
      const program = compile(text, WORDS, { scenario })
      const run = runAll(program)
      expect(program.dialect).toBe('rfc-v1')
      expect(asked(run)).toEqual(expected?.asked)
      const missing = program.diagnostics.filter(one => one.severity === 'error').map(one => one.message)
      expect(missing).toEqual(
        expected?.missing === undefined ? [] : [`nothing gives \`${expected.missing}\` a value`],
      )
    })
  }

  for (const [number, calls] of Object.entries(AFTER_BOOT)) {
    it(`${number} runs once the offered lines are inserted`, () => {
      const scenario = scenarios.findIndex(one => one.number === number)
      const fix = compile(text, WORDS, { scenario }).diagnostics.find(isMendable)?.fix
      if (fix === null || fix === undefined) throw new Error('no fix was offered')
      const mended = text.slice(0, fix.from) + fix.insert + text.slice(fix.to)
      const program = compile(mended, WORDS, { scenario })
      expect(found(program, 'error')).toEqual([])
      expect(asked(runAll(program)).slice(-calls.length)).toEqual(calls)
    })
  }

  it('is one flow where a single section is pasted behind the lines that it goes on from', () => {
    const from = text.indexOf('> 5.4. ')
    const section = text.slice(from, text.indexOf('> 5.5. '))
    const program = compile(`${boot}${section}`, WORDS)
    expect(found(program, 'error')).toEqual([])
    expect(program.scenarios).toHaveLength(1)
    expect(asked(runAll(program)).slice(-4)).toEqual(AFTER_BOOT['5.4'])
    // A section that opens its own files goes on from nothing.
    const second = text.slice(text.indexOf('> 5.2. '), text.indexOf('> 5.3. '))
    expect(compile(`${boot}${second}`, WORDS).scenarios).toHaveLength(2)
  })

  it('each of several sections goes on from the calls before the first heading', () => {
    const pasted = `${boot}${part('5.4', '5.6')}`
    const { scenarios: choices } = compile(pasted, WORDS)
    expect(choices.map(one => [one.number, one.chosen])).toEqual([
      ['5.4', true],
      ['5.5', false],
    ])
    for (const [scenario, number] of ['5.4', '5.5'].entries()) {
      const program = compile(pasted, WORDS, { scenario })
      expect(found(program, 'error')).toEqual([])
      const calls = asked(runAll(program))
      expect(calls.slice(0, 3)).toEqual(['open dev1', 'open dev2', 'open ioasid'])
      expect(calls.slice(-4)).toEqual(AFTER_BOOT[number]?.slice(-4))
    }
  })

  it('a section that opens a file more goes on from them all the same', () => {
    const kvm = '>   kvm_fd = open("/dev/kvm", mode);\n'
    const section = part('5.5', '5.6').replace(/\n> \t\/\* After boot/, `\n${kvm}> \t/* After boot`)
    const program = compile(`${boot}${part('5.4', '5.5')}${section}`, WORDS, { scenario: 1 })
    expect(found(program, 'error')).toEqual([])
    const calls = asked(runAll(program))
    expect(calls).toContain('open kvm')
    expect(calls.slice(0, 3)).toEqual(['open dev1', 'open dev2', 'open ioasid'])
    expect(calls.slice(-4)).toEqual(AFTER_BOOT['5.5'])
  })

  it('a table of contents begins no flow, and a chapter with its opens serves its sections', () => {
    const contents = scenarios.map(({ number, title }) => `>      ${number}. ${title}`)
    const toc = `> TOC\n> ====\n> 1. Concepts\n> 5. Use Cases and Flows\n${contents.join('\n')}\n> ====\n>\n`
    const program = compile(`${toc}${text.slice(text.indexOf('> 5. '))}`, WORDS)
    expect(program.scenarios.map(one => one.number)).toEqual(Object.keys(V1))
    expect(asked(runAll(program))).toEqual(V1['5.1']?.asked)
  })

  it('a line #section says which one runs, and the others are offered by such a line', () => {
    const others = compile(text, WORDS).diagnostics.filter(one => one.code === 'section.other')
    expect(others.map(one => one.fix?.insert)).toEqual([
      '#section 5.2\n',
      '#section 5.3\n',
      '#section 5.4\n',
      '#section 5.5\n',
      '#section 5.7\n',
    ])
    const [fix] = others.map(one => one.fix)
    if (fix === null || fix === undefined) throw new Error('no fix was offered')
    const second = compile(text.slice(0, fix.from) + fix.insert + text.slice(fix.to), WORDS)
    expect(second.scenarios.filter(one => one.chosen).map(one => one.number)).toEqual(['5.2'])
    expect(asked(runAll(second))).toEqual(V1['5.2']?.asked)
    expect(found(compile(`#section 5.9\n${text}`, WORDS), 'error')).toEqual(['directive.section@1'])
  })

  it('is offered before the headers of a mail, which stay headers behind it', () => {
    const mail = `From: a@example.org\nSubject: x\nContent-Transfer-Encoding: base64\n\n${Buffer.from(text).toString('base64')}\n`
    const fix = compile(mail, WORDS).diagnostics.find(one => one.code === 'section.other')?.fix
    expect(fix).toMatchObject({ from: 0, to: 0, insert: '#section 5.2\n' })
    expect(asked(runAll(compile(`${fix?.insert}${mail}`, WORDS)))).toEqual(V1['5.2']?.asked)
  })

  it('gives the fields of 5.2 their values', () => {
    const run = runAll(compile(text, WORDS, { scenario: 1 }))
    const last = run.steps.at(-1)?.operation
    if (last?.kind !== 'ioctl') throw new Error('the last step is a map')
    const fields = [...last.fields].map(([name, value]) => [name, value.kind === 'int' ? value.value : null])
    expect(fields).toEqual([
      ['ioasid', 2n],
      ['iova', 0x2000n],
      ['vaddr', 0x4000_1000n],
      ['size', 0x1000n],
    ])
    expect(last.spelled).toBe('IOASID_DMA_MAP')
  })
})

describe('section 4 of the second proposal, pasted whole with a review in it', () => {
  const text = read('v2-section-4.txt')

  it('is five flows of the second dialect', () => {
    const program = compile(text, WORDS)
    expect(program.dialect).toBe('rfc-v2')
    expect(program.scenarios.map(one => one.number)).toEqual(['4.1', '4.2', '4.3', '4.4', '4.5'])
  })

  it('4.2 makes two spaces and moves dev2', () => {
    expect(asked(runAll(compile(text, WORDS, { scenario: 1 })))).toEqual([
      'open dev1',
      'open dev2',
      'open iommu',
      'VFIO_BIND_IOMMU_FD',
      'VFIO_BIND_IOMMU_FD',
      'IOMMU_IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
      'VFIO_ATTACH_IOASID',
      'IOMMU_MAP_DMA',
      'IOMMU_IOASID_ALLOC',
      'VFIO_DETACH_IOASID',
      'VFIO_ATTACH_IOASID',
      'IOMMU_MAP_DMA',
    ])
  })

  const v45 = (platform: string) => {
    const before = 'gpa_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC);\n'
    const at = text.indexOf('/****** If dev1 reports PASID_DELEGATED=false')
    const start = text.lastIndexOf('\n', at) + 1
    return compile(`${text.slice(0, start)}${before}${text.slice(start)}`, WORDS, { scenario: 4, platform })
  }

  it('4.5 takes the half for kernel-owned PASID tables on VT-d', () => {
    const program = v45('vtd')
    expect(found(program, 'error')).toEqual([])
    expect(program.branches.map(branch => branch.taken)).toEqual([true, true, false])
    expect(asked(runAll(program)).slice(-3)).toEqual([
      'IOMMU_IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
      'KVM_MAP_PASID',
    ])
  })

  it('4.5 takes the other half where PASID tables are delegated', () => {
    const program = v45('smmuv3')
    expect(program.branches.map(branch => branch.taken)).toEqual([false, false, true])
    const run = runAll(program)
    expect(asked(run).slice(-2)).toEqual(['IOMMU_IOASID_ALLOC', 'VFIO_ATTACH_IOASID'])
    const alloc = run.steps.at(-2)?.operation
    expect(alloc?.kind === 'ioctl' && [...alloc.fields.keys()]).toEqual([
      'user_pasid_table',
      'parent',
      'addr',
    ])
  })
})

describe('a raw reply out of an archive', () => {
  const program = compile(read('raw-reply-quoted-printable.txt'), WORDS)

  it('runs from under headers, encoding, quoting, remarks, signature and PGP', () => {
    expect(found(program, 'error')).toEqual([])
    expect(found(program, 'warning')).toEqual([])
    expect(asked(runAll(program))).toEqual([
      'open dev1',
      'open ioasid',
      'VFIO_BIND_IOASID_FD',
      'IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
      'IOASID_CREATE_NESTING',
      'VFIO_ATTACH_IOASID',
      'IOASID_BIND_PASID_TABLE',
    ])
  })

  it('points into the raw file', () => {
    for (const { span, text } of runStepsOf(program)) {
      const raw = program.text.slice(span.from, span.to)
      expect(raw.startsWith(text.slice(0, 8))).toBe(true)
    }
  })
})

function runStepsOf(program: ReturnType<typeof compile>) {
  const runner = program.statements.map(({ from, to }) => program.running.spanOf(from, to))
  const texts = program.statements.map(({ from, to }) => program.running.code.slice(from, to))
  return runner.map((span, i) => ({ span, text: texts[i] ?? '' }))
}
