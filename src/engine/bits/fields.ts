/** Bit fields of hardware words, as data: one table drives decoding, encoding and the bit ruler. */

/** Bits `high`..`low` of a word, both inclusive, bit 0 lowest. `name` is the specification's own. */
export interface BitField {
  readonly name: string
  readonly high: number
  readonly low: number
  readonly doc: string
}

const widthMask = (field: BitField): bigint => (1n << BigInt(field.high - field.low + 1)) - 1n

/** The bits a field covers, in place. */
export const fieldMask = (field: BitField): bigint => widthMask(field) << BigInt(field.low)

/** The value of a field, moved down to bit 0. */
export const getField = (word: bigint, field: BitField): bigint =>
  (word >> BigInt(field.low)) & widthMask(field)

/** The word with one field replaced; bits of `value` beyond the field's width are dropped. */
export const setField = (word: bigint, field: BitField, value: bigint): bigint =>
  (word & ~fieldMask(field)) | ((value & widthMask(field)) << BigInt(field.low))

/** Every field of a word by name, each moved down to bit 0. */
export const decodeFields = (word: bigint, fields: readonly BitField[]): Record<string, bigint> =>
  Object.fromEntries(fields.map(field => [field.name, getField(word, field)]))
