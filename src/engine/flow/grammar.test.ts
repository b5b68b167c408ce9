import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildGrammarFiles } from '../../tooling/build-grammar'
import { parser } from './flow.gen'

describe('the generated parser', () => {
  it('is what the grammar says now', () => {
    for (const [name, text] of Object.entries(buildGrammarFiles())) {
      const committed = readFileSync(new URL(name, import.meta.url), 'utf8')
      expect(committed, `${name} is not current: run npm run grammar`).toBe(text)
    }
  })
})

const tree = (text: string): string => parser.configure({ top: 'Flow' }).parse(text).toString()

describe('the grammar over an author text, as the editor sees it', () => {
  it('tells quote marks, prose and directives from code', () => {
    const text =
      '> The guest boots and enables it.\n> #device dev1 pci 0000:00:03.0\n> fd = open("/dev/ioasid", mode);\n'
    expect(tree(text)).toBe(
      'Flow(Quote,Prose,Quote,Directive(DirectiveName,DirectiveText),Quote,' +
        'Assignment(VariableName,AssignOp,Call(VariableName,ArgList("(",Text(String),",",VariableName,")"))),";")',
    )
  })

  it('goes on after a line that does not parse', () => {
    const parsed = tree('ioctl(fd IOASID_ALLOC);\nx = 1;\n')
    expect(parsed).toContain('⚠')
    expect(parsed).toContain('Assignment(VariableName,AssignOp,Number)')
  })

  it('takes a condition in words as one token', () => {
    expect(tree('if (PASID_CPU and PASID_CPU_VIRT are both true for dev1) {\nx = 1;\n}\n')).toContain(
      'ProseCondition',
    )
  })

  it('ends a statement at a line end without a semicolon', () => {
    expect(tree('x = 1\ny = 2\n')).toBe(
      'Flow(Assignment(VariableName,AssignOp,Number),Assignment(VariableName,AssignOp,Number))',
    )
  })
})
