/**
 * One number for the machine as it stands: equal for machines that behave the same, whatever frames
 * their tables were given. Tables are told by what they translate, in order of input address, and
 * frames of the table pool by nothing; everything else (areas, routes, pins, data, caches) as it is.
 */
import { pinnedPages } from '../kernel/accounting'
import { areasMeeting, EVERY_PAGE } from '../kernel/areas'
import { allRanges } from '../kernel/iommu/range-map'
import type { Machine } from '../kernel/machine'
import { type SpaceRecord, TREE } from '../kernel/state'
import { eachFrame, POOL_END, POOL_START } from '../mem'
import { dirtyLeaves, forEachLeaf, marksDirty } from '../pt'
import { registeredRanges } from './state-view'

/** 64 bits as 16 hexadecimal digits. */
export function machineHash(machine: Machine): string {
  const hash = new Hash()
  hashObjects(machine, hash)
  for (const space of machine.root.spaces.values()) hashSpace(machine, space, hash)
  hashMemory(machine, hash)
  for (const line of machine.platform.cacheLines(machine.hw(), machine.root.hw)) hash.text(line)
  return hash.digest()
}

function hashObjects(machine: Machine, hash: Hash): void {
  const { files, contexts, devices, cpuPasids, guestPages, guesses, accountedPages, task, tasks } =
    machine.root
  for (const [fd, file] of files) hash.text(`${fd} ${file.kind} ${file.path} ${file.context} ${file.device}`)
  for (const context of contexts.values()) {
    hash.text(`${context.uid} ${context.fd} ${context.open}`)
    if (context.io.objects.size > 0) hash.text(plainText(context.io))
    for (const range of registeredRanges(machine, context.uid)) hash.text(`${range.vaddr} ${range.size}`)
  }
  for (const device of devices.values()) {
    hash.text(`${device.name} ${device.routed}`)
    for (const { fd, context, cookie } of device.bindings) hash.text(`bound ${fd} ${context} ${cookie}`)
    hash.text(`type ${device.type} ${device.defaultPasid} ${device.driver} ${device.noSnoop}`)
    for (const route of device.pasidRoutes) hash.text(`pasid ${route.pasid} ${route.wire} ${route.space}`)
    for (const at of device.attachments) hash.text(`${at.space} ${at.pasid} ${at.wire}`)
  }
  for (const one of machine.root.faults) hash.text(JSON.stringify({ ...one, address: String(one.address) }))
  for (const { fault, ...one } of machine.root.waiting)
    hash.text(`${fault.code} ${JSON.stringify({ ...one, address: String(one.address) })}`)
  hash.text(`guest ${guestPages.next} ${guestPages.free.join(' ')}`)
  hash.text(`translating ${machine.root.translatingVms.join(' ')}`)
  for (const entry of cpuPasids) hash.text(`cpu ${entry.vm} ${entry.vpasid} ${entry.wire} ${entry.space}`)
  for (const guess of guesses) hash.text(`${guess.name} ${guess.value}`)
  hash.text(`${accountedPages} ${pinnedPages(machine)}`)
  for (const group of machine.root.groups.values()) hash.text(JSON.stringify(group))
  for (const container of machine.root.containers.values()) hash.text(JSON.stringify(container))
  hash.text(`task ${task}`)
  for (const one of tasks.values()) hash.text(JSON.stringify(one))
  for (const { value } of allRanges(machine.root.ioPages)) hash.text(plainText(value))
  hashRanges(machine, TREE.pins, hash)
  for (const { uid, table, ...viommu } of machine.root.viommus) {
    hash.text(`viommu ${JSON.stringify(viommu)} ${table}`)
    hashRanges(machine, TREE.mirrored(uid), hash)
  }
  for (const { first, last, hva } of machine.root.guestRam) hash.text(`ram ${first} ${last} ${hva}`)
}

function hashRanges(machine: Machine, tree: number, hash: Hash): void {
  const { ranges } = machine.bulk
  ranges.forEachIn(tree, EVERY_PAGE.first, EVERY_PAGE.last, slot => {
    for (const value of [ranges.first(slot), ranges.last(slot), ranges.a(slot), ranges.b(slot)])
      hash.number(value)
  })
}

function hashSpace(machine: Machine, space: SpaceRecord, hash: Hash): void {
  const { uid, id, kind, name, parent, domain, enabled, children, partialGroups } = space
  hash.text(
    JSON.stringify([
      uid,
      id,
      kind,
      name,
      parent,
      domain,
      enabled,
      space.tracksDirty,
      space.snoop,
      space.unfit ?? null,
      children,
      partialGroups,
      space.attachments,
      space.userTable === null ? null : [space.userTable.format, String(space.userTable.root)],
      space.pasidTable === null ? null : [space.pasidTable.cfg, String(space.pasidTable.root)],
    ]),
  )
  for (const area of areasMeeting(machine, uid, EVERY_PAGE))
    for (const value of [area.first, area.last, area.target, area.perm]) hash.number(value)
  if (space.io !== undefined) hash.text(plainText(space.io))
  for (const table of space.tables) {
    hash.text(table.key)
    forEachLeaf(machine.bulk, table.ref, leaf => {
      for (const value of [leaf.page, leaf.pages, leaf.target, leaf.perm]) hash.number(value)
    })
    if (!marksDirty(machine.bulk, table.ref)) continue
    for (const { first } of dirtyLeaves(machine.bulk, table.ref, { ...EVERY_PAGE, clear: null }))
      hash.number(first)
  }
}

/** Frames of tables, the shape of trees, and when something was made. */
const TELLING_NOTHING: ReadonlySet<string> = new Set(['table', 'height', 'size', 'births', 'born'])

/** A record as text, without what tells nothing of how it behaves. */
function plainText(record: unknown): string {
  return JSON.stringify(record, (key, value: unknown) => {
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Map) return [...value]
    if (value instanceof Set) return [...value]
    return TELLING_NOTHING.has(key) ? undefined : value
  })
}

const FRAME_WORDS = 1024

function hashMemory(machine: Machine, hash: Hash): void {
  const { words } = machine.bulk
  eachFrame(words, (hpa, offset) => {
    if (hpa >= POOL_START && hpa < POOL_END) return
    const frame = words.data.subarray(offset, offset + FRAME_WORDS)
    if (frame.every(word => word === 0)) return
    hash.number(hpa)
    for (const word of frame) hash.number(word)
  })
}

/** Two multiplicative hashes side by side; collisions of one are not those of the other. */
class Hash {
  private a = 0x811c9dc5
  private b = 0x9747b28c

  number(value: number): void {
    this.mix(value | 0)
    this.mix(Math.floor(value / 2 ** 32) | 0)
  }

  text(value: string): void {
    for (let at = 0; at < value.length; at++) this.mix(value.charCodeAt(at))
    this.mix(value.length)
  }

  private mix(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193)
    this.b = Math.imul(this.b ^ (word + (this.b >>> 15)), 0x85ebca6b)
  }

  digest(): string {
    return [this.a, this.b].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
