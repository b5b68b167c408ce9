import { describe, expect, it } from 'vitest'
import { compile, createRunner, type Operation, type OperationResult } from '..'
import { asked, found, int, runAll, WORDS } from '../fixture'

const run = (text: string, answer?: (operation: Operation) => OperationResult) =>
  runAll(compile(text, WORDS), answer)

/** Whether each expect of a flow held. */
const held = (text: string, answer?: (operation: Operation) => OperationResult): boolean[] =>
  run(text, answer).steps.flatMap(({ operation }) => (operation.kind === 'expect' ? [operation.ok] : []))

const OPEN = 'fd = open("/dev/ioasid", mode);\n'
const refuse =
  (errno: number) =>
  ({ kind }: Operation): OperationResult => ({ value: int(kind === 'ioctl' ? -errno : 3) })

describe('steps', () => {
  it('are calls, built-ins, expects and notes; literals and assignments are none', () => {
    const text = `x = 1;\nat_data = { .ioasid = x };\n${OPEN}note("here");\nexpect(x == 1);\nx = 2;\nclose(fd);\n`
    expect(asked(run(text))).toEqual(
      ['open', 'note', 'expect', 'close'].map(name => (name === 'open' ? 'open ioasid' : name)),
    )
  })

  it('carry the whole statement on one line, and its first line', () => {
    const { steps } = run(`${OPEN}g = ioctl(fd,   /* space */\n    IOASID_ALLOC\n  );\n`)
    expect(steps[1]).toMatchObject({ line: 2, text: 'g = ioctl(fd, IOASID_ALLOC );' })
  })

  it('are one for each call where a statement nests several, innermost and leftmost first', () => {
    const text = `${OPEN}expect(ioctl(fd, IOASID_ALLOC) + ioctl(fd, IOASID_FREE, ioctl(fd, IOASID_ALLOC)) == 1);\n`
    const { steps } = run(text)
    expect(steps.map(step => step.text).slice(1)).toEqual([
      'ioctl(fd, IOASID_ALLOC);',
      'ioctl(fd, IOASID_ALLOC);',
      'ioctl(fd, IOASID_FREE, ioctl(fd, IOASID_ALLOC));',
      text.slice(OPEN.length).trim(),
    ])
  })

  it('do not include what && and || skip', () => {
    expect(asked(run(`${OPEN}if (0 && ioctl(fd, IOASID_ALLOC)) { close(fd); }\n`))).toEqual(['open ioasid'])
    expect(asked(run(`${OPEN}if (1 || ioctl(fd, IOASID_ALLOC)) { close(fd); }\n`))).toEqual([
      'open ioasid',
      'close',
    ])
  })

  it('are repeated by [a...b], which stands for its number wherever a number may stand', () => {
    const text = `${OPEN}expect(dma_read(dev1, 0x1000 + [0...2] * 4KB, [0...2]) == 0 && [0...2] < 3);\n`
    const { steps } = run(text.replace(OPEN, `dev_fd1 = open("/dev/vfio/devices/dev1", mode);\n${OPEN}`))
    const reads = steps.flatMap(({ operation }) => (operation.kind === 'builtin' ? [operation.args] : []))
    expect(reads.map(args => args.slice(1))).toEqual([0, 1, 2].map(k => [int(0x1000 + k * 4096), int(k)]))
    expect(steps.map(step => step.text).filter(one => one.startsWith('dma_read'))).toEqual(
      [0, 1, 2].map(k => `dma_read(dev1, 0x1000 + ${k} * 4KB, ${k});`),
    )
  })

  it('are repeated in a declaration as in an assignment', () => {
    const { steps } = run(`${OPEN}int x = ioctl(fd, IOASID_FREE, [1...3]) + [1...3];\nexpect(x == 3);\n`)
    expect(steps.map(step => step.text).slice(1, 4)).toEqual(
      [1, 2, 3].map(k => `int x = ioctl(fd, IOASID_FREE, ${k}) + ${k};`),
    )
  })

  it('end with flow.too-long past the limit, the state before it kept', () => {
    const program = compile(`N = 50;\n${OPEN.replace('fd', 'f[1...N]')}`, WORDS)
    const bounded = runAll(program, undefined, { stepLimit: 20 })
    expect(bounded.steps).toHaveLength(20)
    expect(bounded.stopped).toBe('flow.too-long')
    expect(runAll(program).steps).toHaveLength(50)
  })

  it('keep on giving the same end', () => {
    const runner = createRunner(compile('x = 1;', WORDS))
    expect(runner.next()).toEqual({ kind: 'done' })
    expect(runner.next()).toEqual({ kind: 'done' })
  })
})

describe('a refused call', () => {
  it('is a value, the negative errno, and the flow goes on', () => {
    const text = `${OPEN}x = ioctl(fd, IOASID_ALLOC);\nexpect(x == -EBUSY);\nexpect(x < 0);\nexpect(x != -EINVAL);\n`
    expect(held(text, refuse(16))).toEqual([true, true, true])
  })

  it('shows its name in what expect compared', () => {
    const { steps } = run(`${OPEN}expect(ioctl(fd, IOASID_ALLOC) == -EINVAL);\n`, refuse(16))
    expect(steps.at(-1)?.operation).toEqual({
      kind: 'expect',
      ok: false,
      left: '-EBUSY',
      right: '-EINVAL',
      operator: '==',
    })
  })

  it('takes the branch that C would', () => {
    const text = `${OPEN}ret = ioctl(fd, IOASID_ALLOC);\nif (ret < 0) {\nnote("no");\n} else {\nnote("yes");\n}\n`
    const said = (errno: number) => run(text, refuse(errno)).steps.at(-1)?.text
    expect(said(22)).toBe('note("no");')
    expect(run(text).steps.at(-1)?.text).toBe('note("yes");')
  })
})

describe('values', () => {
  it.each([
    '2 + 3 * 4 == 14',
    '(2 + 3) * 4 == 20',
    '0 - 1 == ~0',
    '1 - 2 < 0',
    '0xffffffffffffffff + 1 == 0',
    '0x8000000000000000 > 1',
    '-1 < 1',
    '~0ULL > 1',
    '1 << 63 == 0x8000000000000000',
    '(1 << 64) == 0',
    '0xf0 >> 4 == 15',
    '(6 & 3) == 2 && (6 | 1) == 7 && (6 ^ 3) == 5',
    '17 % 5 == 2 && 17 / 5 == 3',
    '!0 && !!5',
    '(1 ? 2 : 3) == 2',
    '"a" "b" == "ab"',
    "'A' == 65",
    '"a" != "b"',
    '-EBUSY == -16',
    'true == 1 && false == 0 && NULL == 0',
    'ETIMEDOUT == 110 && EADDRNOTAVAIL == 99 && EOPNOTSUPP == 95',
  ])('%s', condition => {
    expect(held(`expect(${condition});`)).toEqual([true])
  })

  it('are never equal across kinds', () => {
    const answer = (): OperationResult => ({ value: { kind: 'fault' } })
    const text =
      '#device d pci 00:03.0\nexpect(dma_read(d, 0, 1) == fault);\nexpect(dma_read(d, 0, 1) == "x");\nexpect(dma_read(d, 0, 1) == pending);\n'
    expect(held(text, answer)).toEqual([true, false, false])
  })

  it('stop the run, not the program, where arithmetic makes no sense', () => {
    expect(run('x = 1 / 0;\nnote("never");\n')).toMatchObject({
      steps: [],
      stopped: 'value.arithmetic',
      stoppedAt: 1,
    })
    expect(run('x = "a" + 1;\nnote("never");\n').stopped).toBe('value.arithmetic')
  })
})

describe('structs', () => {
  const fieldsOf = (text: string) => {
    const last = run(text).steps.findLast(({ operation }) => operation.kind === 'ioctl')?.operation
    return last?.kind === 'ioctl' ? Object.fromEntries(last.fields) : null
  }

  it('are read when the call is made, not when they were written', () => {
    const text = `${OPEN}m = { .iova = 0x1000 };\nm.iova = 0x3000;\np = &m;\np->size = 4KB;\nioctl(fd, IOASID_MAP_DMA, p);\n`
    expect(fieldsOf(text)).toEqual({ iova: int(0x3000), size: int(4096) })
  })

  it('keep copies apart', () => {
    const text = `${OPEN}a = { .iova = 1 };\nb = a;\nb.iova = 2;\nioctl(fd, IOASID_MAP_DMA, &a);\n`
    expect(fieldsOf(text)).toEqual({ iova: int(1) })
  })

  it('arrive under defined names, a bare argument under its field', () => {
    expect(
      fieldsOf(`${OPEN}d = open("/dev/vfio/devices/dev1", mode);\nioctl(d, VFIO_BIND_IOASID_FD, fd);\n`),
    ).toEqual({ fd: int(3) })
    const text = `${OPEN}d = open("/dev/vfio/devices/dev1", mode);\nx = { .iommu_fd = fd, .dev_cookie = 7 };\nioctl(d, VFIO_BIND_IOASID_FD, &x);\n`
    expect(fieldsOf(text)).toEqual({ fd: int(3), cookie: int(7) })
  })

  it('carry guesses with the role of their field', () => {
    const text = `${OPEN}b = { .ioasid = 1; .addr = giova_pgtable; };\nioctl(fd, IOASID_BIND_PGTABLE, &b);\n`
    expect(fieldsOf(text)).toEqual({
      ioasid: int(1),
      addr: { kind: 'guess', name: 'giova_pgtable', role: 'table-address' },
    })
  })

  it('read missing fields as 0', () => {
    expect(held('a = { .iova = 1 };\nexpect(a.size == 0);\n')).toEqual([true])
  })
})

describe('results written back', () => {
  const unmapped = ({ kind }: Operation): OperationResult =>
    kind === 'ioctl' ? { value: int(0), out: new Map([['size', int(0x2000)]]) } : { value: int(3) }

  it('are members of the struct and of the name given', () => {
    const text = `${OPEN}u = { .ioasid = 1, .iova = 0, .size = 1GB };\nx = ioctl(fd, IOASID_UNMAP_DMA, &u);\nexpect(u.size == 0x2000);\nexpect(x.size == 0x2000);\nexpect(x == 0);\n`
    expect(held(text, unmapped)).toEqual([true, true, true])
  })

  it('come under the spelling the author uses', () => {
    const answer = ({ kind }: Operation): OperationResult =>
      kind === 'ioctl' ? { value: int(0), out: new Map([['user_pasid', int(9)]]) } : { value: int(3) }
    const text = `${OPEN}a = { .ioasid = 1, .vpasid = 5 };\nioctl(fd, VFIO_ATTACH_IOASID, &a);\nexpect(a.vpasid == 9);\nexpect(a.user_pasid == 9);\n`
    expect(held(text, answer)).toEqual([true, true])
  })
})

describe('names in their positions', () => {
  it('are devices, words or guesses', () => {
    const text = '#device dev1 pci 00:03.0\nviommu(dev1, 1, shadow);\ndma_write(dev1, 0, "x", gpasid1);\n'
    const operations = run(text).steps.map(({ operation }) =>
      operation.kind === 'builtin' ? operation.args : null,
    )
    expect(operations).toEqual([
      [{ kind: 'device', name: 'dev1' }, int(1), { kind: 'text', value: 'shadow' }],
      [
        { kind: 'device', name: 'dev1' },
        int(0),
        { kind: 'text', value: 'x' },
        { kind: 'guess', name: 'gpasid1', role: 'pasid' },
      ],
    ])
  })

  it('open device_fdK before step 1', () => {
    const program = compile(`${OPEN}ioctl(device_fd2, VFIO_BIND_IOASID_FD, fd);\n`, WORDS)
    expect(found(program, 'error')).toEqual([])
    expect(program.implicitOpens).toEqual([{ name: 'device_fd2', path: '/dev/vfio/devices/dev2', line: 2 }])
    expect(program.assumptions.map(one => one.name)).toContain('device_fd2')
    const last = runAll(program, undefined, { bindings: new Map([['device_fd2', int(9)]]) }).steps.at(
      -1,
    )?.operation
    expect(last?.kind === 'ioctl' && last.fd).toEqual(int(9))
  })
})

describe('execution', () => {
  it('stops at the first statement with an error, all before it run', () => {
    const result = run(`${OPEN}a = ioctl(fd, IOASID_ALLOC);\nioctl(fd, NO_SUCH);\nclose(fd);\n`)
    expect(asked(result)).toEqual(['open ioasid', 'IOASID_ALLOC'])
    expect(result).toMatchObject({ stopped: 'command.unknown', stoppedAt: 3 })
  })

  it('passes an error in a branch that is not taken', () => {
    expect(asked(run(`${OPEN}if (0) { ioctl(fd, NO_SUCH); }\nclose(fd);\n`))).toEqual([
      'open ioasid',
      'close',
    ])
  })

  it('never starts under a broken stage', () => {
    expect(run(`#device dev1 usb\n${OPEN}`)).toMatchObject({ steps: [], stopped: 'directive.malformed' })
  })

  it('says so where a name has no value when it is needed', () => {
    const result = run(`${OPEN}if (0) { g = 1; }\nioctl(fd, IOASID_FREE, g);\n`)
    expect(result).toMatchObject({ stopped: 'name.unset', stoppedAt: 3 })
  })
})
