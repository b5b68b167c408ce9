/**
 * Structures of several 64-bit words as data: one table of fields encodes, decodes, labels, and says
 * which bits are reserved. Used for configuration entries, queue descriptors and fault records.
 */
import { type BitField, fieldMask, getField, hex, InvariantError, setField } from '../bits'

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
    const field = fieldOf(layout, name)
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
    layout.fields.map(field => [field.name, labelled(field, fieldValue(field, words))]),
  )
}

/** Per word, the bits that are set although no field of the layout covers them. */
export function reservedBitsSet(layout: StructLayout, words: readonly bigint[]): boolean {
  return words.some((word, index) => (word & ~definedBits(layout, index)) !== 0n)
}

function definedBits(layout: StructLayout, word: number): bigint {
  return layout.fields.reduce((bits, field) => (field.word === word ? bits | fieldMask(field) : bits), 0n)
}

function fieldOf(layout: StructLayout, name: string): StructField {
  const field = layout.fields.find(candidate => candidate.name === name)
  if (field === undefined) throw new InvariantError(`${layout.name} has no field ${name}`)
  return field
}

const placed = (field: StructField, value: bigint): bigint =>
  field.pointer ? value >> BigInt(field.low) : value

function fieldValue(field: StructField, words: readonly bigint[]): bigint {
  const value = getField(words[field.word] ?? 0n, field)
  return field.pointer ? value << BigInt(field.low) : value
}

const labelled = (field: StructField, value: bigint): number | string =>
  field.pointer || value > 0xffff_ffffn ? hex(value) : Number(value)
