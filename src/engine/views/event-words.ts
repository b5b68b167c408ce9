/** How the names and numbers of an event are written: spaces and table levels by name, words in full. */
import { hex64 } from '../bits'
import { formatOf } from '../pt'
import { type Scene, spacesNumbered, spacesOfTable } from '../session/scene'
import { addressText, pasidText } from './units'

/** `0x0000_0001_4000_1003`: all 64 bits, always. */
export function wordText(value: bigint): string {
  return hex64(value).replace(/(?<!x)(?=(?:[0-9a-f]{4})+$)/g, '_')
}

/** `0x2000 .. 0x2fff`, both ends inclusive. */
export function spanText(first: bigint, last: bigint): string {
  return `${addressText(first)} .. ${addressText(last)}`
}

export function spaceText(scene: Scene, id: number | null): string {
  if (id === null) return 'none'
  return spacesNumbered(scene, id)[0]?.name ?? `ioasid ${id}`
}

/** What a space's areas lead to: addresses of the process for a root, of the parent for a child. */
export function targetText(scene: Scene, id: number, target: bigint): string {
  const parent = spacesNumbered(scene, id)[0]?.parent ?? null
  const above =
    parent === null ? undefined : (scene.after.spaces.get(parent) ?? scene.before.spaces.get(parent))
  return `${above?.name ?? 'HVA'} ${addressText(target)}`
}

/** The hardware's own name of a level: `PDPT`, `L2`. */
export function levelText(scene: Scene, table: number, level: number): string {
  for (const space of spacesOfTable(scene, table)) {
    const ref = space.tables.find(one => one.ref.id === table)?.ref
    const name = ref === undefined ? undefined : formatOf(ref.format).levelNames(ref.cfg)[level]
    if (name !== undefined) return name
  }
  return `level ${level}`
}

export function routeText(device: string, pasid: number | null): string {
  return `${device}${pasidText(pasid)}`
}

/** Any value of an argument list or of a struct handed back. Small bigints are counts and ids, larger ones addresses. */
export function valueText(value: unknown): string {
  if (value === null) return 'none'
  if (typeof value === 'bigint') return value > 9n ? addressText(value) : String(value)
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  return typeof value === 'object' ? structText(value) : String(value)
}

export function structText(fields: object): string {
  const inside = Object.entries(fields).map(([name, value]) => `${name} ${valueText(value)}`)
  return inside.length === 0 ? '' : `{ ${inside.join(', ')} }`
}
