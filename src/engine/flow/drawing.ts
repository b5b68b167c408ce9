/**
 * An ASCII tree in a mail, told from its branches, so that a mail that only draws a layout can be drawn:
 *
 *     'prereg' IOAS
 *     |
 *     \- 'rid' IOAS
 *        |
 *        \- 'pasid' IOAS (maybe)
 *
 * Archives sometimes fold a whole mail into one line; then the order of the branches is all that is left
 * and each node hangs under the one before it.
 */

import { lineEnd, lineStart, lineTable } from './mail/lines'
import { quotePrefix } from './mail/quoting'

export interface TreeNode {
  readonly name: string
  readonly parent: number | null
  readonly optional: boolean
}

export interface TreeFound {
  readonly nodes: readonly TreeNode[]
  /** Offsets into the text given, half-open. */
  readonly from: number
  readonly to: number
}

interface Row {
  readonly indent: number
  readonly name: string
  readonly optional: boolean
  readonly branch: boolean
  readonly from: number
  readonly to: number
}

const LABEL =
  /(?:'([^'\n]{1,40})'|"([^"\n]{1,40})"|([A-Za-z_][\w-]{0,39}))(?:\s+(?:IOAS(?:ID)?|HWPT|space|table))?\s*(\((?:maybe|optional)\))?/
const BRANCH = /^([\s|]*)[\\`+|]-+>?\s*/
const FOLDED = /(?:'([^']{1,40})'\s+IOAS(?:ID)?|\\-+\s+'([^']{1,40})'\s+IOAS(?:ID)?)\s*(\(maybe\))?/g

/** The first tree of two nodes or more, or null. */
export function findTree(text: string): TreeFound | null {
  if (!/[\\`+]-|\|-/.test(text)) return null
  return treeInLines(text) ?? foldedTree(text)
}

function treeInLines(text: string): TreeFound | null {
  const table = lineTable(text)
  let rows: Row[] = []
  for (let line = 0; line < table.count; line++) {
    const from = lineStart(table, line)
    const raw = text.slice(from, Math.min(lineEnd(table, line), from + 200))
    const row = readRow(raw.slice(quotePrefix(raw, false).length), from, from + raw.length)
    if (row === 'joint') continue
    if (row?.branch === true && rows.length > 0) rows.push(row)
    else {
      if (rows.length > 1) break
      rows = row === null ? [] : [row]
    }
  }
  const [first] = rows
  const last = rows.at(-1)
  if (first === undefined || last === undefined || rows.length < 2) return null
  return { nodes: nest(rows), from: first.from, to: last.to }
}

/** A node of the tree, a line that only carries branches on, or null. */
function readRow(line: string, from: number, to: number): Row | 'joint' | null {
  if (/^[\s|]*\|[\s|]*$/.test(line)) return 'joint'
  const branch = BRANCH.exec(line)
  const rest = branch === null ? line : line.slice(branch[0].length)
  const label = LABEL.exec(rest)
  if (label === null || label.index > (branch === null ? rest.search(/\S/) : 0)) return null
  if (branch === null && rest.slice(label.index + label[0].length).trim() !== '') return null
  const name = label[1] ?? label[2] ?? label[3] ?? ''
  const indent = branch === null ? label.index : (branch[1] ?? '').length
  return { indent, name, optional: label[4] !== undefined, branch: branch !== null, from, to }
}

/** A node hangs under the nearest one above whose branch starts further left, or under the root. */
function nest(rows: readonly Row[]): TreeNode[] {
  const nodes: TreeNode[] = []
  const open: { index: number; indent: number }[] = []
  for (const [index, row] of rows.entries()) {
    const indent = row.branch ? row.indent : -1
    while (open.length > 0 && (open.at(-1)?.indent ?? -1) >= indent) open.pop()
    nodes.push({ name: row.name, parent: open.at(-1)?.index ?? null, optional: row.optional })
    open.push({ index, indent })
  }
  return nodes
}

function foldedTree(text: string): TreeFound | null {
  const found = [...text.slice(0, 20_000).matchAll(FOLDED)]
  const start = found.findIndex((match, i) => match[1] !== undefined && found[i + 1]?.[2] !== undefined)
  if (start < 0) return null
  const chain = [found[start], ...branchesAfter(found, start + 1)].filter(match => match !== undefined)
  const first = chain[0]
  const last = chain.at(-1)
  if (first === undefined || last === undefined) return null
  const nodes = chain.map((match, i) => ({
    name: match[1] ?? match[2] ?? '',
    parent: i === 0 ? null : i - 1,
    optional: match[3] !== undefined,
  }))
  return { nodes, from: first.index, to: last.index + last[0].length }
}

function branchesAfter(found: readonly RegExpExecArray[], from: number): RegExpExecArray[] {
  const rest = found.slice(from)
  const end = rest.findIndex(match => match[2] === undefined)
  return end < 0 ? rest : rest.slice(0, end)
}
