/** The structures that decide about a device's requests, and what the caches hold, for a reader. */
import { hex } from '../../../bits'
import type { Bulk } from '../../../mem'
import type { CacheListing, CacheRow, ConfigRow, HwContext, HwDevice } from '../../contract'
import { entries, type IotlbEntry, iotlbLines } from '../../iotlb-entries'
import { deviceTlbListing, taggedListing } from '../../iotlb-listing'
import { readStruct } from '../../memory-struct'
import { formatRid } from '../../pci'
import { encodeStruct, labelStruct, type StructLayout, structField } from '../../struct'
import { structAt } from '../../struct-cache'
import { tagsIn, tagWord } from '../../tag-cache'
import { dteAt } from './device-table'
import { viewDte } from './dte'
import { offsetAt } from './gcr3'
import { type AmdState, routesOf, tagOf } from './state'
import { DEV_TAB_BAR, DTE, DTE_BYTES, GCR3 } from './structures.data'

export function amdRegisters(_ctx: HwContext, { devices }: AmdState): readonly ConfigRow[] {
  const size = (devices.entries * DTE_BYTES) / 4096 - 1
  const words = encodeStruct(DEV_TAB_BAR, { Size: size, DevTabBase: devices.hpa })
  const fields = labelStruct(DEV_TAB_BAR, words)
  return [{ struct: DEV_TAB_BAR.name, hpa: null, words, fields, layout: DEV_TAB_BAR }]
}

/** The DTE, and the kernel's GCR3 entry of each PASID routed. */
export function describeAmd(ctx: HwContext, state: AmdState, device: HwDevice): readonly ConfigRow[] {
  const hpa = dteAt(state, device.rid)
  if (hpa === null) return [{ struct: DTE.name, hpa: null, words: [], fields: {} }]
  const dte = rowAt(ctx, DTE, hpa)
  const guest = viewDte(dte.words)?.guest
  const own = state.gcr3s.find(one => one.rid === device.rid)
  if (!guest || own === undefined || guest.root !== own.hpa) return [dte]
  const pasids = routesOf(state, device.rid).flatMap(({ pasid, to }) =>
    to.kind === 'first' ? [pasid ?? 0] : [],
  )
  return [dte, ...pasids.sort((a, b) => a - b).flatMap(pasid => gcr3Rows(ctx, guest, pasid))]
}

function gcr3Rows(
  ctx: HwContext,
  { root, glx }: { readonly root: number; readonly glx: number },
  pasid: number,
): readonly ConfigRow[] {
  const rows: ConfigRow[] = []
  let table = root
  for (let level = glx; level >= 0; level--) {
    const row = rowAt(ctx, GCR3, table + offsetAt(pasid, level))
    rows.push(level === 0 ? { ...row, port: `PASID ${hex(pasid)}` } : row)
    table = Number(structField(GCR3, row.words, 'ADDR'))
  }
  return rows
}

function rowAt(ctx: HwContext, layout: StructLayout, hpa: number): ConfigRow {
  const words = readStruct(ctx, layout, hpa)
  return { struct: layout.name, hpa, words, fields: labelStruct(layout, words), layout }
}

export function listCaches(bulk: Bulk, state: AmdState): readonly CacheListing[] {
  return [ownListing(bulk, state), dteListing(bulk, state), ...deviceListings(bulk, state)]
}

/** In a GCR3 table of the kernel's a PASID says whose the translation is, not the domain. */
function ownListing(bulk: Bulk, state: AmdState): CacheListing {
  const words = { title: 'IOTLB', domain: 'domain', pasid: 'PASID', tag: (pasid: number | null) => pasid }
  const claim = ({ domain, pasid }: IotlbEntry) => {
    const tagged = state.routes.find(route => {
      const tag = tagOf(state, route)
      return tag.domain === domain && tag.pasid === pasid
    })
    return { domain: tagged?.to.domain ?? domain, pasid }
  }
  return taggedListing(bulk, state.iotlb, { ...words, claim })
}

function dteListing({ words }: Bulk, { dtes }: AmdState): CacheListing {
  const rows = tagsIn(words.data, dtes).map((at): CacheRow => {
    const { hpa, words: body } = structAt(words.data, dtes, at, DTE.words)
    const field = (name: string) => structField(DTE, body, name)
    const cells = [
      formatRid(tagWord(words.data, at, 0)),
      Number(field('DomainID')),
      Number(field('Mode')),
      field('HostRoot'),
    ]
    return { cells, claim: { kind: 'words', hpa, words: body } }
  })
  const columns = [
    { title: 'device', kind: 'text' },
    { title: 'domain', kind: 'number' },
    { title: 'Mode', kind: 'number' },
    { title: 'host table', kind: 'address' },
  ] as const
  const sorted = rows.toSorted((a, b) => (String(a.cells[0]) < String(b.cells[0]) ? -1 : 1))
  return { cache: 'context', title: 'device table cache', capacity: dtes.entries, columns, rows: sorted }
}

function deviceListings(bulk: Bulk, state: AmdState): readonly CacheListing[] {
  const kept = entries(bulk, state.deviceTlb)
  const able = state.routes.filter(route => route.ats).map(route => route.rid)
  const rids = [...new Set([...able, ...kept.map(entry => entry.domain)])].sort((a, b) => a - b)
  return rids.map(rid => {
    const own = kept.filter(entry => entry.domain === rid)
    const domainOf = (pasid: number | null) =>
      state.routes.find(route => route.rid === rid && (route.pasid === pasid || route.pasid === null))?.to
        .domain
    return deviceTlbListing(`device TLB of ${formatRid(rid)}`, own, domainOf)
  })
}

/** Every entry, without the addresses of structures, which say nothing of behaviour. */
export function cacheLines({ words, memory }: Bulk, state: AmdState): readonly string[] {
  const dtes = tagsIn(words.data, state.dtes).map(at => {
    const { hpa, words: body } = structAt(words.data, state.dtes, at, DTE.words)
    const fresh = body.every((word, k) => memory.read64(hpa + k * 8) === word)
    return `DTE ${tagWord(words.data, at, 0)} ${fresh ? 'as in memory' : 'stale'}`
  })
  return [...iotlbLines(words.data, state.iotlb), ...dtes.sort(), ...iotlbLines(words.data, state.deviceTlb)]
}
