/**
 * Structures of several 64-bit words as data: one table of fields encodes, decodes, labels, and says
 * which bits are reserved. Used for configuration entries, queue descriptors and fault records.
 */
import { type BitField, fieldMask, hex, InvariantError, setField } from '../bits'

/** A bit field of word `word` of a structure. A pointer's value is a byte address, low bits zero. */
export interface StructField extends BitField {
  readonly word: number
  readonly pointer: boolean
}

export interface StructLayout {
  readonly name: string
  /** Size in 64-bit words. */
  readonly words: number
  readonly fields: readonly StructField[]
}

export type FieldValues = Readonly<Record<string, bigint | number>>

type FieldRow = readonly [word: number, high: number, low: number, name: string, doc: string]

/** A layout from rows `[word, high, low, name, doc]`; names in `pointers` hold byte addresses. */
export function structLayout(
  name: string,
  words: number,
  rows: readonly FieldRow[],
  pointers: readonly string[] = [],
): StructLayout {
  const fields = rows.map(([word, high, low, field, doc]) => {
    return { word, high, low, name: field, doc, pointer: pointers.includes(field) }
  })
  return { name, words, fields }
}

/** The words of a structure with the fields named, every other bit 0. Unknown names are our bug. */
export function encodeStruct(layout: StructLayout, values: FieldValues): bigint[] {
  const words = new Array<bigint>(layout.words).fill(0n)
  for (const [name, value] of Object.entries(values)) {
    const { field } = fieldOf(layout, name)
    words[field.word] = setField(words[field.word] ?? 0n, field, placed(field, BigInt(value)))
  }
  return words
}

/** One field's value; byte address for a pointer. */
export function structField(layout: StructLayout, words: readonly bigint[], name: string): bigint {
  return fieldValue(fieldOf(layout, name), words)
}

/** Every field for a reader: pointers as hexadecimal text, the rest as numbers. */
export function labelStruct(layout: StructLayout, words: readonly bigint[]): Record<string, number | string> {
  return Object.fromEntries(
    layout.fields.map(field => [field.name, labelled(field, fieldValue(workingField(field), words))]),
  )
}

/** True when a bit is set that no field of the layout covers. */
export function reservedBitsSet(layout: StructLayout, words: readonly bigint[]): boolean {
  const { undefinedBits } = workingOf(layout)
  return words.some((word, index) => (word & (undefinedBits[index] ?? 0n)) !== 0n)
}

/** A field with its mask worked out. */
interface WorkingField {
  readonly field: StructField
  readonly shift: bigint
  readonly mask: bigint
}

interface Working {
  readonly fields: ReadonlyMap<string, WorkingField>
  readonly undefinedBits: readonly bigint[]
}

/** Every DMA reads several structures: masks and names are worked out once a layout. */
const workings = new WeakMap<StructLayout, Working>()

function workingOf(layout: StructLayout): Working {
  const known = workings.get(layout)
  if (known !== undefined) return known
  const made = {
    fields: new Map(layout.fields.map(field => [field.name, workingField(field)])),
    undefinedBits: Array.from({ length: layout.words }, (_, word) => ALL_BITS & ~definedBits(layout, word)),
  }
  workings.set(layout, made)
  return made
}

const ALL_BITS = (1n << 64n) - 1n

const workingField = (field: StructField): WorkingField => {
  return { field, shift: BigInt(field.low), mask: fieldMask(field) }
}

function definedBits(layout: StructLayout, word: number): bigint {
  return layout.fields.reduce((bits, field) => (field.word === word ? bits | fieldMask(field) : bits), 0n)
}

function fieldOf(layout: StructLayout, name: string): WorkingField {
  const found = workingOf(layout).fields.get(name)
  if (found === undefined) throw new InvariantError(`${layout.name} has no field ${name}`)
  return found
}

const placed = (field: StructField, value: bigint): bigint =>
  field.pointer ? value >> BigInt(field.low) : value

/** A pointer's bits are where they belong already; the rest moves down to bit 0. */
function fieldValue({ field, mask, shift }: WorkingField, words: readonly bigint[]): bigint {
  const bits = (words[field.word] ?? 0n) & mask
  return field.pointer ? bits : bits >> shift
}

const labelled = (field: StructField, value: bigint): number | string =>
  field.pointer || value > 0xffff_ffffn ? hex(value) : Number(value)
