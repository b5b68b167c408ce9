/**
 * The view of a v1 link as JSON, and what may stand in it. A field that this revision does not have is no
 * view; one of a later revision says so in the byte before it.
 */
import {
  array,
  boolean,
  finite,
  integer,
  maxLength,
  maxValue,
  minValue,
  number,
  optional,
  pipe,
  safeParse,
  strictObject,
  string,
  tuple,
  union,
} from 'valibot'
import type { LinkView } from '../view'

/** Revision of the fields below; grows when one is added. */
export const VIEW_REVISION = 2

/** The first revision that has all fields of a view: pages that know no later one still open its link. */
export function revisionOf({ columns }: LinkView): number {
  return columns === undefined ? 1 : 2
}

const word = pipe(string(), maxLength(40))
const id = pipe(string(), maxLength(200))
const step = pipe(number(), integer(), minValue(0), maxValue(10_000_000))
const coordinate = pipe(number(), finite(), minValue(-1e6), maxValue(1e6))

const VIEW = strictObject({
  step: optional(step),
  select: optional(id),
  tab: optional(word),
  entry: optional(id),
  centre: optional(word),
  dock: optional(word),
  zoom: optional(tuple([coordinate, coordinate, pipe(number(), minValue(0.01), maxValue(100))])),
  breaks: optional(
    pipe(
      array(
        strictObject({ kind: word, value: union([id, pipe(number(), finite())]), off: optional(boolean()) }),
      ),
      maxLength(200),
    ),
  ),
  pins: optional(pipe(array(id), maxLength(200))),
  collapsed: optional(pipe(array(id), maxLength(1000))),
  opened: optional(pipe(array(id), maxLength(1000))),
  toggled: optional(pipe(array(id), maxLength(1000))),
  notes: optional(
    pipe(array(strictObject({ step, text: pipe(string(), maxLength(2000)) })), maxLength(1000)),
  ),
  columns: optional(pipe(array(id), maxLength(20))),
  walk: optional(
    strictObject({
      device: optional(id),
      pasid: optional(id),
      address: optional(id),
      write: optional(boolean()),
    }),
  ),
})

/** Empty where the view says nothing. */
export function viewToJson(view: LinkView): string {
  const json = JSON.stringify(view)
  return json === '{}' ? '' : json
}

/** The view, or what is wrong with it. */
export function viewFromJson(json: string): { readonly view: LinkView } | { readonly why: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return { why: 'what it says of the view is no JSON' }
  }
  const checked = safeParse(VIEW, parsed)
  if (!checked.success)
    return { why: `its view has a field that makes no sense: ${checked.issues[0].message}` }
  return { view: withoutUndefined(checked.output) }
}

/** A field that is left out and one that is undefined are the same to the checker and not to the types. */
function withoutUndefined(value: object): LinkView {
  return JSON.parse(JSON.stringify(value))
}
