/** Telling of translations: memory references, cache events, and how a request ended. */
import { hex } from '../bits'
import { formatOf, type TableRef, tableBytes } from '../pt'
import type { CacheName, Stage } from '../trace/events'
import type { HwContext, HwFault, Reference, TranslateRequest, Translation } from './contract'
import type { IotlbEntry } from './iotlb-entries'
import { formatRid } from './pci'

/** A table entry as a reference: named by its table and index, its fields decoded when they are asked for. */
export function tableReference(
  table: TableRef,
  stage: Stage,
  read: { readonly level: number; readonly hpa: number; readonly value: bigint },
  serves?: Reference['serves'],
): Reference {
  const format = formatOf(table.format)
  const { level, hpa, value } = read
  const index = (hpa % tableBytes(format.geometry(table.cfg), level)) / 8
  const what = `${format.levelNames(table.cfg)[level]}[${index}]`
  return {
    stage,
    level,
    address: hpa,
    value,
    what,
    ...(serves === undefined ? {} : { serves }),
    decoder: { table },
    // A DMA makes dozens of references that nobody looks at: decoding them all took most of its time.
    get fields() {
      return tableFields(table, level, value)
    },
  }
}

function tableFields({ format, cfg }: TableRef, level: number, value: bigint): Reference['fields'] {
  const decoded = Object.entries(formatOf(format).decode(value, level, cfg).fields)
  return Object.fromEntries(decoded.map(([name, bits]) => [name, bits > 0xffffn ? hex(bits) : Number(bits)]))
}

export function tellReferences(ctx: HwContext, references: readonly Reference[]): void {
  if (!ctx.events.on) return
  for (const reference of references) {
    const { stage, level, address, value } = reference
    const event = { stage, level, hpa: BigInt(address), value, why: whyOf(reference) }
    ctx.events.emit({ kind: 'reference', actor: 'iommu', ...event })
  }
}

/** What was read, and in a nested walk what for. */
function whyOf({ what, serves }: Reference): string {
  if (serves === undefined) return what
  const part =
    serves.what ?? (serves.level === null ? 'the page' : `a first-stage entry of level ${serves.level}`)
  return `${what} for ${part} at guest address ${hex(serves.address)}`
}

/** A cache event of anything but an IOTLB. */
export function tellCacheOp(
  ctx: HwContext,
  which: CacheName,
  op: 'fill' | 'hit' | 'stale-hit' | 'miss' | 'evict',
  tag: string,
): void {
  if (ctx.events.on) ctx.events.emit({ kind: 'cache', actor: 'iommu', which, op, tag, value: '' })
}

/** An event of an IOTLB, or of a device TLB, which is tagged by requester instead of domain. */
export function tellCache(
  ctx: HwContext,
  op: 'fill' | 'hit' | 'stale-hit' | 'miss' | 'evict',
  entry: Pick<IotlbEntry, 'domain' | 'pasid' | 'page'> & Partial<IotlbEntry>,
  which: 'iotlb' | 'device-tlb' = 'iotlb',
): void {
  if (!ctx.events.on) return
  const pasid = entry.pasid === null ? '' : ` PASID ${entry.pasid}`
  const owner = which === 'iotlb' ? `domain ${entry.domain}` : ridText(entry.domain)
  const tag = `${owner}${pasid} ${hex(BigInt(entry.page) << 12n)}`
  const value =
    entry.output === undefined ? '' : `${hex(BigInt(entry.output) << 12n)} ${permText(entry.perm ?? 0)}`
  const actor = which === 'iotlb' ? 'iommu' : 'device'
  ctx.events.emit({ kind: 'cache', actor, which, op, tag, value })
}

export const ridText = (rid: number): string => `device ${formatRid(rid)}`

export function tellOutcome(ctx: HwContext, request: TranslateRequest, outcome: Translation): void {
  if (!ctx.events.on) return
  if (outcome.ok) tellTranslated(ctx, request, outcome)
  else tellFault(ctx, outcome.fault)
}

function tellTranslated(
  ctx: HwContext,
  request: TranslateRequest,
  outcome: Translation & { ok: true },
): void {
  const asked = { device: request.device.name, pasid: request.pasid, iova: request.address }
  const answer = { output: BigInt(outcome.output), perm: permText(outcome.perm), size: 2 ** outcome.pageLg2 }
  const references = outcome.references.length
  ctx.events.emit({ kind: 'translated', actor: 'iommu', ...asked, ...answer, references })
}

export function tellFault(ctx: HwContext, fault: HwFault): void {
  const { code, name, stage, level, address: addr, access, recoverable } = fault
  ctx.events.emit({ kind: 'fault', actor: 'iommu', code, name, stage, level, addr, access, recoverable })
}

export const permText = (perm: number): string => `${perm & 1 ? 'r' : ''}${perm & 2 ? 'w' : ''}`

/** Memory reads of one DMA request: with nothing cached, and as they were. */
export function countReferences(ctx: HwContext, cold: number, warm: number): void {
  ctx.costs.add('dmaReferencesCold', cold)
  ctx.costs.add('dmaReferencesWarm', warm)
}

/** `1 page at 0x1000`, `16 pages at 0x10000`: what an invalidation names. */
export function pagesText(pages: number, address: bigint): string {
  return `${pages} ${pages === 1 ? 'page' : 'pages'} at ${hex(address)}`
}
