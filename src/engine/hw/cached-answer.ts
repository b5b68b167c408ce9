/** What platforms with an IOTLB do alike: from an entry to the answer for one byte, and from an answer to an entry. */
import { pow2 } from '../bits'
import type { Access, TranslateRequest, Translation } from './contract'
import type { IotlbEntry } from './iotlb-entries'

export const accessBits = (access: Access): number => (access === 'read' ? 1 : 2)

export const pageOf = (request: Pick<TranslateRequest, 'address'>): number => Number(request.address >> 12n)

/** The host byte that an entry gives for the byte asked for. */
export const outputOf = (entry: IotlbEntry, request: TranslateRequest): number =>
  (entry.output + (pageOf(request) - entry.page)) * 4096 + Number(request.address & 0xfffn)

/** Whether an answer is not what memory says: another place, rights that are gone, nothing there any more. */
export const isStale = (fresh: Translation | null, answer: { output: number; perm: number }): boolean =>
  fresh !== null && (!fresh.ok || fresh.output !== answer.output || (answer.perm & ~fresh.perm) !== 0)

/** The whole page around an answer, tagged by requester; null where it is of no size that is cached. */
export function entryOf(
  request: TranslateRequest,
  { output, perm, pageLg2 }: { readonly output: number; readonly perm: number; readonly pageLg2: number },
): IotlbEntry | null {
  if (pageLg2 !== 12 && pageLg2 !== 21 && pageLg2 !== 30) return null
  const within = pageOf(request) % pow2(pageLg2 - 12)
  const pages = { page: pageOf(request) - within, output: Math.floor(output / 4096) - within }
  return { domain: request.device.rid, pasid: request.pasid, ...pages, perm, pageLg2 }
}

/** For a walk beside the caches: nobody listens, nothing is counted. */
export const NOBODY = { events: { on: false, emit() {} }, costs: { add() {} } }
