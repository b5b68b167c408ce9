/** The layouts of the proposals, said in another API: they run there, and devices see the same. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import { compareFlows, translateFlow } from '.'

const LAYOUTS = ['simple', 'multiple-ioasids', 'software-nesting', 'hardware-nesting', 'vsva']

const flowOf = (name: string): string => readFileSync(`src/scenarios/${name}.flow`, 'utf8')

function translated(text: string, to: string): string {
  const done = translateFlow(text, to)
  if ('problem' in done) throw new Error(`${done.line}: ${done.problem}`)
  return done.text
}

/** What each transfer of a device came to, and which expectations are left. */
function seen(text: string) {
  const session = createSession(text)
  const dma = session.steps.filter(({ call }) => call.startsWith('dma_'))
  return {
    ok: session.ok,
    refused: session.steps.filter(({ errno }) => errno !== null).map(step => step.text),
    dma: dma.map(({ text: said, ret }) => `${said} ${ret}`),
  }
}

describe('translate.same: a layout in another API', () => {
  it.each(LAYOUTS.flatMap(name => ['iommufd', 'rfc-v2'].map(to => ({ name, to }))))(
    '$name as $to runs, is refused nothing, and devices see what they saw',
    ({ name, to }) => {
      const text = flowOf(name)
      const other = seen(translated(text, to))
      expect(other).toEqual({ ok: true, refused: [], dma: seen(text).dma })
      expect(other.dma.length).toBeGreaterThan(2)
    },
  )

  it.each(LAYOUTS)('%s by way of the second proposal says the same to Linux', name => {
    const text = flowOf(name)
    expect(seen(translated(translated(text, 'rfc-v2'), 'iommufd'))).toEqual({
      ok: true,
      refused: [],
      dma: seen(text).dma,
    })
  })

  it('is the flow itself in its own dialect', () => {
    expect(translated(flowOf('vsva'), 'rfc-v1')).toBe(flowOf('vsva'))
  })
})

describe('translate.comments: what has no equivalent', () => {
  it('says what people do instead', () => {
    const registered = translated(flowOf('multiple-ioasids'), 'iommufd')
    expect(registered).toContain('// no IOASID_REGISTER_MEMORY: memory is pinned by the map that shows it')
    expect(registered).not.toContain('#policy')
    expect(translated(flowOf('software-nesting'), 'iommufd')).toContain(
      '// no space over another one: the VMM',
    )
    expect(translated(flowOf('hardware-nesting'), 'iommufd')).toContain('// no IOASID_CREATE_NESTING:')
  })

  it('names a refused call and what it broke, and leaves out what was expected of an answer', () => {
    const nested = translated(flowOf('software-nesting'), 'iommufd')
    expect(nested).toContain('// refused with -EFAULT (map.not-in-parent), nothing to carry over:')
    expect(translated(flowOf('simple'), 'iommufd')).toContain(
      '// left out, it is about an answer of the call',
    )
  })

  it('says of containers what people did, in comments alone', () => {
    const lines = translated(flowOf('simple'), 'vfio-type1').split('\n')
    expect(lines.find(line => line.includes('out of its group'))).toContain('// no equivalent: a device')
    expect(lines.filter(line => /^[^/].*\bioctl\(/.test(line))).toEqual([])
  })

  it('keeps comments, notes and blank lines', () => {
    const kept = flowOf('vsva')
      .split('\n')
      .filter(line => /^(\/|note)/.test(line))
    const lines = translated(flowOf('vsva'), 'iommufd').split('\n')
    expect(lines.filter(line => kept.includes(line))).toEqual(kept)
  })
})

describe('translate.limits: what is not translated', () => {
  it('tells the line of a branch, of a mistake, and that a source is not read', () => {
    const branch = `${flowOf('simple')}if (1) {\n  x = ioctl(ioasid_fd, IOASID_ALLOC);\n}\n`
    expect(translateFlow(branch, 'iommufd')).toEqual({
      line: branch.split('\n').length - 3,
      problem: 'a flow with branches is not translated',
    })
    expect(translateFlow('#platform vtd\nioctl(', 'iommufd')).toMatchObject({ line: 2 })
    expect(translateFlow(translated(flowOf('simple'), 'iommufd'), 'rfc-v1')).toMatchObject({ line: 1 })
    expect(translateFlow('', 'toaster')).toMatchObject({ problem: 'no dialect is called toaster' })
  })
})

describe('translate.compare: costs of one flow in several APIs', () => {
  it.each(LAYOUTS)('%s runs as all three', name => {
    const variants = ['rfc-v1', 'rfc-v2', 'iommufd'].map(dialect => ({ label: dialect, dialect }))
    const { runs } = compareFlows(flowOf(name), variants)
    expect(runs.map(run => [run.scenario.dialect, run.ok])).toEqual(
      variants.map(({ dialect }) => [dialect, true]),
    )
    const [first, ...others] = runs.map(run => [run.costs.dmas, run.costs.faults])
    for (const other of others) expect(other).toEqual(first)
  })

  it('tells what is wrong where a flow cannot be put into the words of a choice', () => {
    const text = `${flowOf('simple')}if (1) { x = 1; }\n`
    const { runs } = compareFlows(text, [{ label: 'a' }, { label: 'b', dialect: 'iommufd' }])
    expect(runs.map(run => run.ok)).toEqual([true, false])
  })
})
