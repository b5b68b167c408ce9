/** What a table of the kernel leads to, read as the driver's own look-up does: no bit is set, no cache asked. */
import { walkAddress } from '../../pt'
import type { Machine } from '../machine'
import type { PagingObject } from './records'

/** HPA of a byte of input, or null where nothing is mapped. */
export function hpaBehind(
  machine: Machine,
  { table, unitLg2 }: PagingObject,
  address: bigint,
): number | null {
  if (table === null) return null
  const unit = BigInt(unitLg2)
  const within = address & ((1n << unit) - 1n)
  const asked = ((address >> unit) << 12n) | within
  const found = walkAddress(machine.bulk, table, asked, { access: 0 })
  return found.ok ? Math.floor(found.output / 4096) * 2 ** unitLg2 + Number(within) : null
}
