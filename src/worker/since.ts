/**
 * What is new in a message since the one before it. Steps that follow each other show nearly the same, so only
 * what differs travels: a record is told by the fields that changed, a list by its new elements and the places
 * of the others in the list before.
 *
 * For plain data in which no list of records holds numbers too, and no field is `undefined`.
 */

/** Fields that are there no longer; no field of ours has an empty name. */
const GONE = ''
const SAME = Symbol('same')

type Fields = Readonly<Record<string, unknown>>

/** A message of the same kind as `base`, as `restored` takes it. */
export function toldSince(value: object, base: object): unknown {
  const told = difference(value, base)
  return told === SAME ? {} : told
}

/** The message that `toldSince` was given. What did not change is the very object of `base`. */
export function restored(told: unknown, base: unknown): unknown {
  if (Array.isArray(told) && Array.isArray(base))
    return told.map(one => (typeof one === 'number' && isRecord(base[one]) ? base[one] : one))
  if (!isRecord(told) || !isRecord(base)) return told
  const whole: Record<string, unknown> = { ...base }
  const gone = told[GONE]
  if (Array.isArray(gone)) for (const key of gone) delete whole[key]
  for (const [key, part] of Object.entries(told)) if (key !== GONE) whole[key] = restored(part, base[key])
  return whole
}

function difference(value: unknown, base: unknown): unknown {
  if (Object.is(value, base)) return SAME
  if (Array.isArray(value) && Array.isArray(base)) return differentList(value, base)
  return isRecord(value) && isRecord(base) ? differentFields(value, base) : value
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function differentFields(value: Fields, base: Fields): unknown {
  const told: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) {
    const change = Object.hasOwn(base, key) ? difference(part, base[key]) : part
    if (change !== SAME) told[key] = change
  }
  const gone = Object.keys(base).filter(key => !Object.hasOwn(value, key))
  if (gone.length > 0) told[GONE] = gone
  return Object.keys(told).length === 0 ? SAME : told
}

function differentList(value: readonly unknown[], base: readonly unknown[]): unknown {
  const places = new Map(base.map((one, i) => [idOf(one) ?? i, i]))
  const told = value.map((one, i) => {
    const place = isRecord(one) ? places.get(idOf(one) ?? i) : i
    if (place === undefined || difference(one, base[place]) !== SAME) return one
    return isRecord(one) ? place : one
  })
  const isSame = value.length === base.length && told.every((one, i) => isSameAt(one, i, base))
  return isSame ? SAME : told
}

function isSameAt(told: unknown, i: number, base: readonly unknown[]): boolean {
  return isRecord(base[i]) ? told === i : difference(told, base[i]) === SAME
}

/** Objects of a graph keep their place by what they are, rows by where they stand. */
function idOf(value: unknown): unknown {
  return isRecord(value) ? value.id : undefined
}
