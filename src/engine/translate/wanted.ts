/**
 * What a machine's records say that its user got so far, in the words of no dialect: who is bound, which spaces there
 * are, what is mapped in them, and who is in which. Two such states differ by what a VMM has to ask another API for.
 */
import type { GuestTableKind, RootType } from '../dialects/contract'
import { areasMeeting, EVERY_PAGE } from '../kernel/areas'
import type { Machine } from '../kernel/machine'
import { addressOf, type SpaceRecord } from '../kernel/state'

/** Bytes; `perm`: bit 0 read, bit 1 write. `target`: process memory for a root, an address of the parent else. */
export interface Piece {
  readonly iova: bigint
  readonly size: bigint
  readonly target: bigint
  readonly perm: number
}

export interface WantedSpace {
  readonly uid: number
  readonly context: number
  readonly name: string
  readonly over: number | null
  readonly type: RootType
  /** A guest's table, or null. */
  readonly table: { readonly address: bigint; readonly of: GuestTableKind } | null
  readonly pieces: readonly Piece[]
}

export interface WantedDevice {
  readonly name: string
  readonly contexts: readonly number[]
  /** In the order they were made. */
  readonly attachments: readonly { readonly space: number; readonly pasid: number | null }[]
}

export interface Wanted {
  readonly spaces: ReadonlyMap<number, WantedSpace>
  readonly devices: readonly WantedDevice[]
  /** PASIDs that the processor translates. */
  readonly cpuPasids: readonly { readonly space: number; readonly pasid: number }[]
}

export const NOTHING_WANTED: Wanted = { spaces: new Map(), devices: [], cpuPasids: [] }

/** The other bits of an area's rights are the kernel's. */
const RIGHTS = 3

const ROOT_TYPES: readonly string[] = ['prereg', 'dummy', 'sva', 'passthrough'] satisfies RootType[]
const isRootType = (kind: string): kind is RootType => ROOT_TYPES.includes(kind)

export function wantedOf(machine: Machine): Wanted {
  const { spaces, devices, cpuPasids } = machine.root
  return {
    spaces: new Map([...spaces.values()].map(space => [space.uid, wantedSpace(machine, space)])),
    devices: [...devices.values()].map(({ name, bindings, attachments }) => ({
      name,
      contexts: bindings.map(binding => binding.context),
      attachments: attachments.map(({ space, pasid }) => ({ space, pasid })),
    })),
    cpuPasids: cpuPasids.map(({ space, vpasid }) => ({ space, pasid: vpasid })),
  }
}

function wantedSpace(machine: Machine, space: SpaceRecord): WantedSpace {
  const { uid, context, name, parent, kind } = space
  const pieces = areasMeeting(machine, uid, EVERY_PAGE).map(({ first, last, target, perm }) => ({
    iova: addressOf(first),
    size: addressOf(last - first + 1),
    target: addressOf(target),
    perm: perm & RIGHTS,
  }))
  const type = isRootType(kind) ? kind : 'plain'
  return { uid, context, name, over: parent, type, table: guestTable(space), pieces }
}

function guestTable({ userTable, pasidTable }: SpaceRecord): WantedSpace['table'] {
  if (userTable !== null) return { address: userTable.root, of: 'page-table' }
  return pasidTable === null ? null : { address: pasidTable.root, of: 'pasid-table' }
}

/** What a space over another one shows of that one's pieces. */
export function through(upper: readonly Piece[], lower: readonly Piece[]): readonly Piece[] {
  return upper.flatMap(piece =>
    lower.flatMap(below => {
      const from = max(piece.target, below.iova)
      const end = min(piece.target + piece.size, below.iova + below.size)
      if (from >= end) return []
      return [
        {
          iova: piece.iova + (from - piece.target),
          size: end - from,
          target: below.target + (from - below.iova),
          perm: piece.perm & below.perm,
        },
      ]
    }),
  )
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

export const samePiece = (a: Piece, b: Piece): boolean =>
  a.iova === b.iova && a.size === b.size && a.target === b.target && a.perm === b.perm
