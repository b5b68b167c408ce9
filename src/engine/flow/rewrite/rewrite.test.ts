import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newStatement, readDirective, setDirective } from '.'
import { applyEdits } from './edits'

const FLOW = `#title     Two devices
#dialect   rfc-v1        // as proposed
#platform  vtd
#device    dev1 pci 0000:00:03.0
#policy    prereg=command unmap=exact   /* argued */

a = open("/dev/ioasid", O_RDWR);
`
const changed = (before: string, after: string): string[] => {
  const were = before.split('\n')
  return after.split('\n').filter(line => !were.includes(line))
}

describe('setDirective', () => {
  it('replaces a value where it stands and keeps comment and columns', () => {
    const next = setDirective(FLOW, 'dialect', 'iommufd')
    expect(changed(FLOW, next)).toEqual(['#dialect   iommufd        // as proposed'])
  })

  it('changes one knob and leaves the others', () => {
    const next = setDirective(FLOW, 'policy', 'unmap=type1v2')
    expect(changed(FLOW, next)).toEqual(['#policy    prereg=command unmap=type1v2   /* argued */'])
  })

  it('adds a knob to the line that has some', () => {
    const next = setDirective(FLOW, 'policy', 'lookup=yes')
    expect(changed(FLOW, next)).toEqual(['#policy    prereg=command unmap=exact lookup=yes   /* argued */'])
  })

  it('changes the last setting of a knob: the one in force', () => {
    const twice = '#policy unmap=exact\n#policy unmap=type1 group=partial-list\n'
    expect(setDirective(twice, 'policy', 'unmap=iommufd')).toBe(
      '#policy unmap=exact\n#policy unmap=iommufd group=partial-list\n',
    )
  })

  it('adds what is missing after the last directive, in its columns', () => {
    expect(changed(FLOW, setDirective(FLOW, 'memlock', '64MB'))).toEqual(['#memlock   64MB'])
    expect(setDirective('#dialect rfc-v1\n\nx = 1;\n', 'platform', 'papr')).toBe(
      '#dialect rfc-v1\n#platform papr\n\nx = 1;\n',
    )
  })

  it('puts the first directive on top, with a line between it and the code', () => {
    expect(setDirective('x = 1;\n', 'dialect', 'rfc-v1')).toBe('#dialect   rfc-v1\n\nx = 1;\n')
    expect(setDirective('', 'dialect', 'rfc-v1')).toBe('#dialect   rfc-v1\n')
  })

  it('tells devices apart by their names, and keeps them together', () => {
    const next = setDirective(FLOW, 'device', 'dev1 pci 0000:00:03.0 pasid')
    expect(changed(FLOW, next)).toEqual(['#device    dev1 pci 0000:00:03.0 pasid'])
    const more = setDirective(FLOW, 'device', 'dev2 swmdev')
    expect(more.split('\n')[4]).toBe('#device    dev2 swmdev')
  })

  it('leaves what stands in comments and what belongs to C alone', () => {
    const text = '/*\n#dialect   old\n*/\n#include <x.h>\nx = 1;\n'
    const next = setDirective(text, 'dialect', 'rfc-v1')
    expect(next).toContain('#dialect   old')
    expect(readDirective(next, 'dialect')).toBe('rfc-v1')
  })

  it('stays inside the quoting of a mail, under its headers', () => {
    const mail = 'From: a@b\nSubject: x\n\nOn Thu, b wrote:\n> > x = open("y", 0);\n> > y = 2;\n'
    expect(setDirective(mail, 'dialect', 'rfc-v1')).toBe(
      'From: a@b\nSubject: x\n\nOn Thu, b wrote:\n> > #dialect   rfc-v1\n> > \n> > x = open("y", 0);\n> > y = 2;\n',
    )
    expect(setDirective('> #dialect a\n> x = 1;\n', 'platform', 'vtd')).toBe(
      '> #dialect a\n> #platform vtd\n> x = 1;\n',
    )
  })

  it('keeps the line ends of the text', () => {
    expect(setDirective('#dialect a\r\nx = 1;\r\n', 'platform', 'vtd')).toBe(
      '#dialect a\r\n#platform vtd\r\nx = 1;\r\n',
    )
  })

  it('says what was asked, for any text, and changes nothing when asked again', () => {
    const piece = fc.constantFrom(
      '#dialect x',
      '#policy unmap=exact',
      '> #policy a=b',
      '',
      '/* c',
      '*/',
      'x = 1;',
      'prose here',
      '#title  a // b',
      '\t#device d pci 00:01.0',
    )
    const ask = fc.constantFrom(
      ['dialect', 'q'],
      ['platform', 'q 2=3'],
      ['policy', 'unmap=q'],
      ['device', 'd swmdev'],
      ['title', 'a b'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), ask, (pieces, [name = '', value = '']) => {
        const text = pieces.join('\n')
        const next = setDirective(text, name, value)
        expect(readDirective(next, name) ?? '').toContain(value)
        expect(setDirective(next, name, value)).toBe(next)
        const kept = pieces.filter(one => !one.includes(`#${name}`))
        for (const line of kept) expect(next.split('\n')).toContain(line)
      }),
      { seed: 3, numRuns: 400 },
    )
  })
})

describe('newStatement', () => {
  const add = (text: string, statement: string) => applyEdits(text, [newStatement(text, statement)])

  it('goes under the directives and their blank line', () => {
    expect(add('#dialect a\n\nx = 1;\n', 'N = 2;')).toBe('#dialect a\n\nN = 2;\nx = 1;\n')
    expect(add('#dialect a\nx = 1;\n', 'N = 2;')).toBe('#dialect a\n\nN = 2;\nx = 1;\n')
    expect(add('> ioctl(a, B);\n', 'N = 2;')).toBe('> N = 2;\n> \n> ioctl(a, B);\n')
  })
})
