/** What a DTE that is present and well formed sets up (specification 2.2.2). */
import { structField } from '../../struct'
import { DTE } from './structures.data'

export interface DteView {
  readonly translates: boolean
  /** Levels of the host table; 0: none. */
  readonly levels: number
  readonly root: number
  /** Rights that the DTE leaves: bit 0 read, bit 1 write. */
  readonly perm: number
  readonly domain: number
  readonly dirty: boolean
  readonly ats: boolean
  readonly silent: boolean
  /** Page requests are let through. */
  readonly pageRequests: boolean
  /** Null where GV is 0. */
  readonly guest: GuestView | null
}

export interface GuestView {
  /** Of the GCR3 table: a guest address where there is a host table. */
  readonly root: number
  readonly glx: number
  /** Requests without PASID use PASID 0. */
  readonly untagged: boolean
  readonly levels: 4 | 5
}

/** Bits that must be 0: what QEMU checks, less the fields that came later. */
const RESERVED = [0x8020_0000_0000_007cn, 0n, 0x0830_0000_0000_0000n, 0n]
const MOST_LEVELS = 6

/** Null: ILLEGAL_DEV_TABLE_ENTRY. */
export function viewDte(words: readonly bigint[]): DteView | null {
  const field = (name: string) => Number(structField(DTE, words, name))
  if (words.some((word, k) => (word & (RESERVED[k] ?? 0n)) !== 0n)) return null
  const guest = field('GV') === 0 ? null : guestOf(words)
  if (field('Mode') > MOST_LEVELS || guest === 'bad') return null
  return {
    translates: field('V') === 1,
    levels: field('TV') === 1 ? field('Mode') : 0,
    root: field('HostRoot'),
    perm: field('TV') === 1 ? field('IR') | (field('IW') << 1) : 0,
    domain: field('DomainID'),
    dirty: field('HAD') !== 0,
    ats: field('I') === 1,
    silent: field('SE') === 1,
    pageRequests: field('PPR') === 1,
    guest,
  }
}

function guestOf(words: readonly bigint[]): GuestView | 'bad' {
  const field = (name: string) => structField(DTE, words, name)
  const [glx, mode] = [Number(field('GLX')), Number(field('GuestPagingMode'))]
  if (glx > 2 || mode > 1) return 'bad'
  const root = (field('GCR3_14_12') << 12n) | (field('GCR3_30_15') << 15n) | (field('GCR3_51_31') << 31n)
  return { root: Number(root), glx, untagged: field('GIOV') === 1n, levels: mode === 1 ? 5 : 4 }
}
