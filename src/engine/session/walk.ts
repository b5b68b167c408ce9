/** One translation asked from outside: every reference, no cache filled, no bit set. */
import { getField } from '../bits'
import type { Reference } from '../hw'
import type { Machine } from '../kernel/machine'
import { translate } from '../kernel/requests'
import { routedTo } from '../kernel/routing'
import { permText } from '../kernel/state'
import { formatOf } from '../pt'
import type { BitsView, ReferenceView, WalkView } from './contract'

export interface WalkRequest {
  readonly device: string
  readonly pasid: number | null
  readonly address: bigint
  readonly write: boolean
  /** Whether caches may answer. */
  readonly cached?: boolean
}

export function walkDevice(machine: Machine, request: WalkRequest): WalkView | { readonly problem: string } {
  const device = machine.root.devices.get(request.device)
  if (device === undefined) return { problem: `no device ${request.device}` }
  const { address, pasid, cached = false } = request
  const access = request.write ? 'write' : 'read'
  const result = translate(machine, { device, pasid, address, access, commit: false, cached })
  const references = result.references.map((one, k) => referenceView(one, result.references[k - 1]))
  const routed = routedTo(device, pasid)
  const from = routed === null ? null : machine.space(routed).id
  if (!result.ok) {
    const { code, name, stage, level, address: at, guestAddress } = result.fault
    const guest = guestAddress === undefined ? {} : { guestAddress }
    const fault = { code, name, stage, level, address: at, ...guest, access } as const
    return { ok: false, fault, output: null, perm: null, pageSize: null, references, cache: 'none', from }
  }
  const { output, perm, pageLg2, cache } = result
  return {
    ok: true,
    fault: null,
    output: BigInt(output),
    perm: permText(perm),
    pageSize: 2 ** pageLg2,
    references,
    cache,
    from,
  }
}

function referenceView(reference: Reference, before: Reference | undefined): ReferenceView {
  const { stage, level, address, value, what, fields, serves = null } = reference
  const words = wordsOf(reference)
  const told = { stage, level, address: BigInt(address), value, what, fields }
  return {
    ...told,
    words,
    bits: bitsOf(reference, words),
    serves,
    from: before === undefined ? null : cameFrom(reference, before),
  }
}

const wordsOf = ({ decoder, value }: Reference): readonly bigint[] =>
  decoder !== undefined && 'words' in decoder ? decoder.words : [value]

function bitsOf({ decoder, level, value }: Reference, words: readonly bigint[]): readonly BitsView[] {
  if (decoder === undefined) return []
  if ('layout' in decoder)
    return decoder.layout.fields.map(({ word, name, high, low, doc }) => {
      return { word, name, high, low, doc, value: getField(words[word] ?? 0n, { name, high, low, doc }) }
    })
  const format = formatOf(decoder.table.format)
  const { cfg } = decoder.table
  const { kind } = format.decode(value, level ?? 0, cfg)
  const fields = format.fields(level ?? 0, cfg, kind === 'table' ? 'table' : 'leaf')
  return fields.map(field => ({ ...field, word: 0, value: getField(value, field) }))
}

/** The nearest pointer below the address among those of the reference before, if within one table of it. */
function cameFrom(reference: Reference, before: Reference): ReferenceView['from'] {
  const address = BigInt(reference.address)
  const below = pointersOf(before)
    .filter(pointer => pointer !== 0n && pointer <= address && address - pointer < LARGEST_TABLE)
    .toSorted((a, b) => (a < b ? 1 : -1))
  const [pointer] = below
  if (pointer === undefined) return null
  return { pointer, offset: address - pointer, unit: wordsOf(reference).length * 8 }
}

/** A PASID directory of 2^14 entries is the largest structure that one pointer leads to. */
const LARGEST_TABLE = 0x2_0000n

function pointersOf(reference: Reference): readonly bigint[] {
  const { decoder, level, value } = reference
  if (decoder === undefined) return []
  if ('table' in decoder) {
    const { address } = formatOf(decoder.table.format).decode(value, level ?? 0, decoder.table.cfg)
    return address === null ? [] : [address]
  }
  return decoder.layout.fields
    .filter(field => field.pointer)
    .map(field => getField(decoder.words[field.word] ?? 0n, field) << BigInt(field.low))
}
