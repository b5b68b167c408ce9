/** The flow of one cell: directives, what every flow of the dialect begins with, the type, the operation. */
import {
  type MatrixLine,
  type MatrixWords,
  type NoWords,
  TABLE_OPERATIONS,
  TABLE_TYPES,
  type TableOperation,
  type TableType,
} from '../dialects/matrix.data'

export interface Scene {
  readonly dialect: string
  readonly platform: string
  /** Every knob with its value. */
  readonly policy: Readonly<Record<string, string>>
  /** Those that do not stand at their default. */
  readonly chosen: readonly string[]
}

export interface CellFlow {
  readonly text: string
  /** Lines from 1, both inclusive, of all that leads to the type: what every flow begins with, and what makes it. */
  readonly making: { readonly first: number; readonly last: number }
  /** The line of the operation. */
  readonly line: number
}

/** The flow that asks for one cell, or why the dialect has no words for it. */
export function cellFlow(
  words: MatrixWords,
  scene: Scene,
  type: TableType,
  operation: TableOperation,
): CellFlow | NoWords {
  const made = words.types[type]
  if ('none' in made) return made
  const asked = made.operations?.[operation] ?? words.operations[operation]
  if ('none' in asked) return asked
  return compose(directives(scene, type, operation), {
    start: words.start,
    making: inForce(scene, made.lines),
    before: inForce(scene, asked.before ?? []).map(line => fillIn(line, { ...words.words, ...made.words })),
    line: fillIn(asked.line, { ...words.words, ...made.words }),
  })
}

/** The statements that are made under the policy. */
function inForce({ policy }: Scene, lines: readonly MatrixLine[]): readonly string[] {
  return lines.flatMap(each => {
    if (typeof each === 'string') return [each]
    return policy[each.knob] === each.value ? [each.line] : []
  })
}

function compose(
  head: readonly string[],
  body: Readonly<Record<'start' | 'making' | 'before', readonly string[]>> & { readonly line: string },
): CellFlow {
  const lines = [...head, ...body.start, '', ...body.making]
  const making = { first: head.length + 1, last: lines.length }
  lines.push(...(body.making.length === 0 ? [] : ['']), ...body.before, body.line)
  return { text: `${lines.join('\n')}\n`, making, line: lines.length }
}

function directives(scene: Scene, type: TableType, operation: TableOperation): readonly string[] {
  const policy = scene.chosen.map(key => `${key}=${scene.policy[key]}`)
  return [
    `#title     ${titleOf(TABLE_TYPES, type)}: ${titleOf(TABLE_OPERATIONS, operation)}`,
    `#dialect   ${scene.dialect}`,
    `#platform  ${scene.platform}`,
    ...(policy.length === 0 ? [] : [`#policy    ${policy.join(' ')}`]),
    '#device    dev1 pci 0000:00:03.0 pasid ats pri',
    '#device    dev2 pci 0000:00:04.0 pasid ats pri',
    '#memory    0x40000000 1GB guest',
    '',
  ]
}

const titleOf = (rows: readonly { readonly id: string; readonly title: string }[], id: string): string =>
  rows.find(row => row.id === id)?.title ?? id

/** A name in braces that the type has no word for is a mistake of the dialect's table. */
function fillIn(line: string, words: Readonly<Record<string, string>>): string {
  return line.replace(/\{(\w+)\}/g, (_, name: string) => {
    const word = words[name]
    if (word === undefined) throw new Error(`no word for {${name}} in: ${line}`)
    return word
  })
}
