import { expect, it } from 'vitest'
import type { StepRecord } from '../../session/contract'
import { asciiSteps } from './index'

const step = (n: number, text: string, more: Partial<StepRecord> = {}): StepRecord => ({
  n,
  line: n,
  lines: [{ first: n, last: n }],
  text,
  call: 'open',
  ret: 0,
  errno: null,
  rule: null,
  expected: false,
  message: null,
  out: null,
  label: { verb: '', object: '' },
  ...more,
})

it('lists number, statement and result', () => {
  expect(asciiSteps([step(1, 'fd = open("/dev/ioasid", mode);', { ret: 3 })])).toBe(
    '  1  fd = open("/dev/ioasid", mode);  = 3\n',
  )
})

it('names errno and rule, and says why below', () => {
  const refused = step(12, 'ioctl(fd, IOASID_MAP_DMA, &m);', {
    ret: -1,
    errno: 'EINVAL',
    rule: 'map.overlap',
    message: 'iova 0x1000-0x1fff is mapped',
  })
  expect(asciiSteps([refused])).toBe(
    '  12  ioctl(fd, IOASID_MAP_DMA, &m);  -EINVAL map.overlap\n        iova 0x1000-0x1fff is mapped\n',
  )
})

it('wraps at 74 columns and aligns the numbers', () => {
  const text = asciiSteps([step(9, 'y'.repeat(200)), step(10, 'note("\u00e9")')])
  expect(text.split('\n').every(line => line.length <= 74)).toBe(true)
  expect(text.replace(/[^y]/g, '')).toBe('y'.repeat(200))
  expect(text).toContain('  10  note("\\xe9")')
})

it.each([
  ['a note has none', { call: 'note' }, '  1  x\n'],
  ['an expect holds', { call: 'expect', ret: 0 }, '  1  x  holds\n'],
  ['an expect fails', { call: 'expect', ret: -1 }, '  1  x  fails\n'],
  ['a DMA faults', { call: 'dma_read', ret: -1, out: { fault: { name: 'P' } } }, '  1  x  fault\n'],
])('tells results in words: %s', (_what, more, text) => {
  expect(asciiSteps([step(1, 'x', more)])).toBe(text)
})

it('puts the lines that filled a struct before the step that passes it, each once', () => {
  const text = 'at = { .ioasid = 1 };\nioctl(a, ATTACH, &at);\nioctl(b, ATTACH, &at);'
  const steps = [
    step(1, 'ioctl(a, ATTACH, &at);', { line: 2, lines: [1, 2].map(n => ({ first: n, last: n })) }),
    step(2, 'ioctl(b, ATTACH, &at);', { line: 3, lines: [1, 3].map(n => ({ first: n, last: n })) }),
  ]
  expect(asciiSteps(steps, { text })).toBe(
    '     at = { .ioasid = 1 };\n  1  ioctl(a, ATTACH, &at);  = 0\n  2  ioctl(b, ATTACH, &at);  = 0\n',
  )
})
