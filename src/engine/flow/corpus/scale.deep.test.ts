/**
 * Texts of 150 kB in shapes that tempt a reader into looking again and again. Quadratic work
 * on any of them takes many minutes; the limit is generous because machines are not equal.
 */
import { describe, expect, it } from 'vitest'
import { compile } from '..'
import { runAll, WORDS } from '../fixture'

const SIZE = 150_000
const LIMIT_MS = 60_000

const OPEN = 'fd = open("/dev/ioasid", mode);\nm = { .ioasid = 1 };\n'

const SHAPES: Readonly<Record<string, string>> = {
  'comments never closed': '/* a ',
  'comments one after another': '/* a */ ',
  'path globs that look like comments': '/dev/vfio/* ',
  quotes: '"',
  'parentheses never closed': '(',
  'calls never closed': 'ioctl(fd,\n',
  'assignments never closed': 'x = {\n.a = 1;\n',
  'blocks never closed': 'if (1) {\n',
  'statements on one line': 'x = 1; ',
  'statements that do not parse': 'ioctl(fd IOASID_ALLOC);\n',
  'names that nothing gives': 'ioctl(a, IOASID_FREE, b);\n',
  banners: '/***** If the moon is full *****/\nx = 1;\n',
  headings: '5.1. One\nx = 1;\n',
  'header blocks': 'From: a\nTo: b\n\n',
  'soft breaks': 'a =3D b=\n',
  'quote marks': '> ',
  trees: "'a' IOAS\n\\- 'b' IOAS\n",
  prose: 'The guest then boots and the monitor does (some) things to it; see there.\n',
  'unknown directives': '#polcy x\n',
  operators: '1 + ',
  words: 'a ',
}

describe('long texts', () => {
  for (const [shape, unit] of Object.entries(SHAPES)) {
    it(
      `of ${shape} compile in linear time`,
      () => {
        const text =
          OPEN + (unit === '1 + ' || unit === 'a ' ? 'x = ' : '') + unit.repeat(Math.ceil(SIZE / unit.length))
        const program = compile(text, WORDS)
        expect(program.diagnostics.length).toBeLessThanOrEqual(1001)
      },
      LIMIT_MS,
    )
  }

  it(
    'of many steps run one by one',
    () => {
      let text = OPEN
      for (let i = 0; i < 15_000; i++)
        text += `m.iova = 0x${(i * 4096).toString(16)};\nioctl(fd, IOASID_MAP_DMA, &m);\n`
      const program = compile(text, WORDS)
      expect(program.diagnostics).toEqual([])
      const run = runAll(program, undefined, { stepLimit: 1_000_000 })
      expect(run.steps).toHaveLength(15_001)
      const last = run.steps.at(-1)?.operation
      expect(last?.kind === 'ioctl' && last.fields.get('iova')).toEqual({
        kind: 'int',
        value: BigInt(14_999 * 4096),
      })
    },
    LIMIT_MS,
  )
})
