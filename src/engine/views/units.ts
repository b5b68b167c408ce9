/** Numbers as people of this field read them: KiB, MiB, GiB; hexadecimal in groups of four. */

import { hex } from '../bits'

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const

/** 4096n is `4 KiB`; a size that is no whole unit keeps the largest unit it is whole in. */
export function sizeText(bytes: bigint): string {
  let value = bytes
  let unit = 'B'
  for (const next of UNITS) {
    if (value === 0n || value % 1024n !== 0n) break
    value /= 1024n
    unit = next
  }
  return `${value} ${unit}`
}

/** `0x10_6010`: no leading zeros, groups of four from the right. */
export function addressText(address: bigint): string {
  const digits = address.toString(16)
  const groups: string[] = []
  for (let end = digits.length; end > 0; end -= 4) groups.unshift(digits.slice(Math.max(0, end - 4), end))
  return `0x${groups.join('_')}`
}

/** `0x2000 + 4 KiB`, both ends told by start and size. */
export function rangeText(first: bigint, last: bigint): string {
  return `${addressText(first)} + ${sizeText(last - first + 1n)}`
}

/** 262144 is `262,144`. */
export function countText(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}

/** ` PASID 0x5`, to follow a device or a requester id; nothing for requests without. */
export const pasidText = (pasid: number | null): string => (pasid === null ? '' : ` PASID ${hex(pasid)}`)

/** The user's number alone where it is the one on the wire, else both: ` vPASID 0x5 pPASID 0x105`. */
export function wireText({
  pasid,
  wire,
}: {
  readonly pasid: number | null
  readonly wire: number | null
}): string {
  if (pasid === wire || wire === null) return pasidText(pasid)
  return pasid === null ? ` default PASID ${hex(wire)}` : ` vPASID ${hex(pasid)} pPASID ${hex(wire)}`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}
