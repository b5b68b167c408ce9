import { describe, expect, it } from 'vitest'
import { compile } from '.'
import { findTree } from './drawing'
import { WORDS } from './fixture'

const names = (text: string) =>
  findTree(text)?.nodes.map(({ name, parent, optional }) => ({ name, parent, optional }))

const TREE = ["'prereg' IOAS", '|', "\\- 'rid' IOAS", '   |', "   \\- 'pasid' IOAS (maybe)"]
const NODES = [
  { name: 'prereg', parent: null, optional: false },
  { name: 'rid', parent: 0, optional: false },
  { name: 'pasid', parent: 1, optional: true },
]

describe('an ASCII tree', () => {
  it('is read from its lines, quoted or not', () => {
    expect(names(TREE.join('\n'))).toEqual(NODES)
    expect(names(`See this:\n${TREE.map(line => `> > ${line}`).join('\n')}\nand say.`)).toEqual(NODES)
  })

  it('is read from a mail folded into one line', () => {
    expect(names(`> I wonder. e.g. > > ${TREE.join(' > > ')} > > 'prereg' would have a table`)).toEqual(NODES)
  })

  it('hangs children under the branch they stand at', () => {
    const tree = ['gpa', '|', '|- giova', '|  |', '|  \\- deep', '|', '\\- gva'].join('\n')
    expect(names(tree)).toEqual([
      { name: 'gpa', parent: null, optional: false },
      { name: 'giova', parent: 0, optional: false },
      { name: 'deep', parent: 1, optional: false },
      { name: 'gva', parent: 0, optional: false },
    ])
  })

  it('is not seen in code, lists or tables', () => {
    expect(findTree('p->iova = 1;\nx |= A;\n')).toBeNull()
    expect(findTree('- one\n- two\n')).toBeNull()
    expect(findTree('| a | b |\n|---|---|\n')).toBeNull()
  })

  it('is offered where a text has no flow, with its place', () => {
    const text = `Hello\n${TREE.join('\n')}\n`
    const { quotedAsDrawing, diagnostics } = compile(text, WORDS)
    expect(quotedAsDrawing?.nodes).toEqual(NODES)
    expect(quotedAsDrawing?.span).toMatchObject({ line: 2, from: 6 })
    expect(diagnostics.map(one => one.code)).toEqual(['flow.empty'])
    expect(compile(`${text}x = 1;\n`, WORDS).quotedAsDrawing).toBeNull()
  })
})
