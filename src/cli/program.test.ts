import { describe, expect, it } from 'vitest'
import type { Diagnostic, Session, SessionOptions } from '../engine'
import { UsageError } from './door'
import { FAILED_EXPECT, fakeEngine, MATRIX, stepOf, WALK } from './fake-engine.fixture'
import { runCommandLine } from './program'

const read = async (file: string) => {
  if (file === 'gone.flow') throw new UsageError('cannot read gone.flow: there is no such file')
  return new TextEncoder().encode(`text of ${file}`)
}
const line = (text: string, fakes: Partial<Session> = {}) =>
  runCommandLine(text.split(' '), fakeEngine(fakes), read)
const lineJson = async (text: string, fakes: Partial<Session> = {}) =>
  JSON.parse((await line(text, fakes)).stdout)

const error: Diagnostic = {
  severity: 'error',
  code: 'name.undefined',
  message: 'nothing gave x a value',
  hint: 'x1 exists',
  span: { from: 0, to: 1, line: 4, column: 9 },
  fix: null,
}

describe('compare', () => {
  it('runs a column for each --with, with what holds for all of them', async () => {
    const { stdout, code } = await line(
      'compare a.flow --platform p-two --policy unmap=any --with viommu=shadow --with dialect=d-one,unmap=exact',
    )
    const under = (unmap: string) =>
      JSON.stringify({ title: null, dialect: 'd-one', platform: 'p-two', policy: { unmap } })
    expect(stdout).toBe(`viommu=shadow ${under('any')}\ndialect=d-one,unmap=exact ${under('exact')}\n`)
    expect(code).toBe(0)
  })

  it('holds a single choice against the flow as it is written', async () => {
    const { runs } = await lineJson('compare a.flow --with unmap=any --json')
    expect(runs.map((run: { label: string }) => run.label)).toEqual(['as written', 'unmap=any'])
  })

  it.each([
    ['compare a.flow', 'nothing to compare with'],
    ['compare a.flow --with viommu', 'not of the form knob=value: viommu'],
    ['compare a.flow --with viommu=shadows', 'did you mean shadow?'],
    ['compare a.flow --with unmap=any,unmap=exact', 'knob given twice: unmap'],
    ['compare a.flow --with dialect=d-two,unmap=any', 'd-two has no knob unmap'],
    ['compare a.flow --with unmap=any --json --text', 'cannot be used with'],
  ])('%s is a usage error', async (args, said) => {
    const { code, stderr } = await line(args)
    expect([code, stderr]).toEqual([3, expect.stringContaining(said)])
  })
})

describe('exit codes', () => {
  it('is 2 where a file is no recording', async () => {
    const outcome = await line('trace a.jsonl')
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toBe('a.jsonl:1: error: no recording: it says text of a.jsonl\n')
  })

  it('is 0 where all is fine, refused calls included', async () => {
    const refused = stepOf(1, { ret: -1, errno: 'EINVAL', rule: 'map.align', message: 'size 0x5 is odd' })
    expect(await line('run a.flow', { steps: [refused] })).toMatchObject({ code: 0, stderr: '' })
  })

  it('is 1 where an expect failed, and says which on standard error', async () => {
    const outcome = await line('run a.flow', { steps: [stepOf(1), stepOf(2, FAILED_EXPECT)], ok: false })
    expect(outcome).toMatchObject({ code: 1, stderr: 'a.flow:12: expect failed: expected 1 == 2\n' })
  })

  it('is 2 where the text has errors, whatever an expect says', async () => {
    const outcome = await line('run a.flow', {
      diagnostics: [error],
      steps: [stepOf(1, FAILED_EXPECT)],
      ok: false,
    })
    expect(outcome.code).toBe(2)
    expect(outcome.stderr).toContain(
      'a.flow:4:9: error: nothing gave x a value [name.undefined]\n  hint: x1 exists\n',
    )
  })

  it('is 0 with warnings only', async () => {
    expect((await line('run a.flow', { diagnostics: [{ ...error, severity: 'warning' }] })).code).toBe(0)
  })

  it.each([
    ['run', 'missing required argument'],
    ['rum a.flow', 'unknown command'],
    ['run gone.flow', 'cannot read gone.flow: there is no such file'],
    ['run a.flow b.flow', 'too many arguments'],
    ['run a.flow --jsn', 'unknown option'],
    ['run a.flow --dialect d-on', 'did you mean d-one?'],
    ['run a.flow --dialect zzz', 'there are d-one, d-two'],
    ['trace', 'missing required argument'],
    ['trace gone.flow', 'cannot read gone.flow: there is no such file'],
    ['matrix a.flow', 'too many arguments'],
    ['matrix --dialect d-on', 'did you mean d-one?'],
    ['matrix --platform p-too', 'did you mean p-two?'],
    ['matrix --dialect d-two --policy unmap=any', 'd-two has no knob unmap'],
    ['matrix --policy unmap=all', 'knob unmap has no value all'],
    ['matrix --json --text', 'cannot be used with'],
    ['run a.flow --platform p-too', 'did you mean p-two?'],
    ['run a.flow --policy unmap', 'not of the form knob=value'],
    ['run a.flow --policy unmpa=exact', 'did you mean unmap?'],
    ['run a.flow --policy unmap=exatc', 'did you mean exact?'],
    ['run a.flow --policy unmap=any --policy unmap=exact', 'given twice'],
    ['run a.flow --until -1', 'not a step number'],
    ['run a.flow --until 1.5', 'not a step number'],
    ['walk a.flow --addr 0', '--device'],
    ['walk a.flow --device dev1', '--addr'],
    ['walk a.flow --device dev11 --addr 0', 'did you mean dev1?'],
    ['walk a.flow --device dev1 --addr 2x', 'not an address'],
    ['walk a.flow --device dev1 --addr 0x10000000000000000', 'wider than 64 bits'],
    ['walk a.flow --device dev1 --addr 0 --pasid 0x100000', 'not a PASID'],
    ['export a.flow', '--as'],
    ['export a.flow --as asci', 'did you mean ascii?'],
    ['export a.flow --as ascii --step 2', 'the flow has 1 step'],
  ])('is 3 for `%s`, with the reason on standard error and nothing else', async (text, reason) => {
    const outcome = await line(text)
    expect(outcome).toMatchObject({ code: 3, stdout: '' })
    expect(outcome.stderr).toContain(reason)
  })

  it('leaves a bug of ours to the caller', async () => {
    const broken = {
      state: () => {
        throw new RangeError('ours')
      },
    }
    await expect(line('run a.flow --json', broken)).rejects.toThrow('ours')
  })
})

it('prints help on standard output', async () => {
  const outcome = await line('--help')
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  for (const command of ['run', 'walk', 'export']) expect(outcome.stdout).toContain(command)
})

describe('run', () => {
  it('hands text, dialect, platform and policy to the engine', async () => {
    const made: { text?: string; options?: SessionOptions } = {}
    const args = 'run - --dialect d-one --platform p-two --policy unmap=any'.split(' ')
    await runCommandLine(args, fakeEngine({}, made), read)
    expect(made).toEqual({
      text: 'text of -',
      options: { dialect: 'd-one', platform: 'p-two', policy: { unmap: 'any' } },
    })
  })

  it('prints its object as JSON, 64-bit values as 0x strings and counts as numbers', async () => {
    const step = stepOf(1, { out: { addr: 0x8000_0000_0000_0000n, flags: 3, list: [5n] } })
    const told = { title: 'T', dialect: 'd-one', platform: 'p-one', policy: { unmap: 'exact' } }
    const assumption = {
      name: 'platform',
      value: 'p-one',
      line: null,
      directive: '#platform p-one',
      fix: null,
    }
    const object = await lineJson('run a.flow --json', {
      steps: [step],
      scenario: told,
      diagnostics: [{ ...error, severity: 'info' }],
      assumptions: [assumption],
    })
    expect(object.scenario).toEqual(told)
    expect(object.diagnostics).toEqual([
      {
        severity: 'info',
        line: 4,
        column: 9,
        code: 'name.undefined',
        message: error.message,
        hint: 'x1 exists',
      },
    ])
    expect(object.assumptions).toEqual([{ name: 'platform', value: 'p-one', line: null }])
    expect(object.steps[0]).toMatchObject({
      n: 1,
      line: 11,
      text: 'step_1();',
      call: 'open',
      ret: 0,
      errno: null,
      rule: null,
      out: { addr: '0x8000000000000000', flags: 3, list: ['0x5'] },
      cost: { calls: 1 },
      sub: [{ n: 1, call: 'INNER', ret: -1, errno: 'EINVAL', rule: 'map.align' }],
    })
    expect(object.steps[0].events[0]).toMatchObject({ kind: 'call', args: { iova: '0x10' } })
    expect(object.state.addressSpaces[0].areas).toEqual([
      { iova: '0x0', last: '0xffffffffffffffff', target: '0x40000000', perm: 'rw' },
    ])
    expect(object.state.accounting).toEqual({
      pinnedPages: 7,
      accountedPages: 9,
      prereg: [{ vaddr: '0x1000', size: '0x2000' }],
    })
    expect(object.ok).toBe(true)
  })

  it('prints the object for a text with errors, too', async () => {
    expect((await lineJson('run a.flow --json', { diagnostics: [error], ok: false })).ok).toBe(false)
  })

  it('stops at --until: later steps and expects do not count', async () => {
    const steps = [stepOf(1), stepOf(2), stepOf(3, FAILED_EXPECT)]
    const outcome = await line('run a.flow --until 2 --json', { steps, ok: false })
    expect(outcome.code).toBe(0)
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: true, steps: [{ n: 1 }, { n: 2 }] })
  })

  it('runs to the end where --until lies beyond it', async () => {
    expect(
      (await lineJson('run a.flow --until 99 --json', { steps: [stepOf(1), stepOf(2)] })).steps,
    ).toHaveLength(2)
  })

  it('prints a refusal with its rule and reason as text', async () => {
    const refused = stepOf(1, { ret: -1, errno: 'EINVAL', rule: 'map.align', message: 'size 0x5 is odd' })
    expect((await line('run a.flow', { steps: [refused] })).stdout).toContain(
      '1  step_1();\n     -EINVAL map.align\n     size 0x5 is odd\n',
    )
  })
})

describe('walk', () => {
  it('prints every reference as JSON', async () => {
    const object = await lineJson('walk a.flow --device dev1 --addr 0x1000 --json')
    expect(object).toMatchObject({
      ok: true,
      fault: null,
      output: '0x100001000',
      from: 3,
      references: [
        { stage: 'config', level: null, address: '0x1000', value: '0x2001', fields: { P: 1 } },
        { stage: 'second', level: 0, address: '0x5008', value: '0x8000000000000003', fields: { R: 1 } },
      ],
    })
  })

  it.each([
    ['--addr 8K', { address: 8192n, pasid: null, write: false }],
    ['--addr 1G --write --pasid 5', { address: 1n << 30n, pasid: 5, write: true }],
    ['--addr 0xffffffffffffffff', { address: (1n << 64n) - 1n, pasid: null, write: false }],
  ])('asks for %s', async (options, wanted) => {
    const asked: unknown[] = []
    const walk: Session['walk'] = request => {
      asked.push(request)
      return WALK
    }
    await line(`walk a.flow --device dev1 ${options}`, { walk })
    expect(asked).toEqual([{ device: 'dev1', ...wanted }])
  })

  it('exits with 0 for a fault', async () => {
    const fault = {
      code: '0x5',
      name: 'no write',
      stage: 'second',
      level: 0,
      address: 1n,
      access: 'write',
    } as const
    const walk = () => ({ ...WALK, ok: false, output: null, fault })
    const outcome = await line('walk a.flow --device dev1 --addr 1 --write --json', { walk })
    expect(outcome.code).toBe(0)
    expect(JSON.parse(outcome.stdout).fault).toEqual({ ...fault, address: '0x1' })
  })

  it('prints an object even where a broken text never got as far as the device', async () => {
    const outcome = await line('walk a.flow --device dev9 --addr 0 --json', { diagnostics: [error] })
    expect(outcome.code).toBe(2)
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false, references: [] })
  })
})

describe('export', () => {
  it('draws the last step, or the one asked for', async () => {
    const steps = [stepOf(1), stepOf(2)]
    expect((await line('export a.flow --as ascii', { steps })).stdout).toBe('# at 2\n')
    expect((await line('export - --as ascii --step 0', { steps })).stdout).toBe('# at 0\n')
  })
})

describe('matrix', () => {
  it('is a table unless JSON is asked for', async () => {
    expect(await line('matrix --dialect d-two')).toEqual({
      stdout: '# matrix of d-two\n',
      stderr: '',
      code: 0,
    })
    expect((await line('matrix --text')).stdout).toBe('# matrix of d-one\n')
  })

  it('is one object with the cells and the flows that show them', async () => {
    const { types, operations, cells } = MATRIX
    expect(await lineJson('matrix --json --policy unmap=any')).toEqual({
      scenario: { dialect: 'd-one', platform: 'p-one', policy: { unmap: 'any' } },
      types,
      operations,
      cells,
    })
  })
})
