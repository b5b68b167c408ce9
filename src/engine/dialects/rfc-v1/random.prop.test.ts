/**
 * Random calls, maps, unmaps, attaches and DMA on a small machine, held against a model that knows
 * nothing of tables: per space a plain map from page to page, composed by hand.
 *
 * Seeds are fixed; a failing one is in the name of its test.
 */
import { describe, expect, it } from 'vitest'
import { eachFrame } from '../../mem'
import { generator } from '../generator.fixture'
import { GIB, V1 } from './fixture'

const KIB4 = 0x1000n
const PAGES = 24
const SEEDS = [1, 2, 3, 5, 8]
const CALLS = 300

interface ModelArea {
  readonly first: number
  readonly pages: number
  readonly target: number
  readonly perm: number
}

/** What a space means: areas in a list, a parent, nothing else. */
interface ModelSpace {
  readonly id: number
  readonly parent: ModelSpace | null
  areas: ModelArea[]
  devices: Set<string>
}

function areaAt(space: ModelSpace, page: number): ModelArea | undefined {
  return space.areas.find(area => page >= area.first && page < area.first + area.pages)
}

/** HVA page and rights behind a page of a space, or null. */
function resolve(space: ModelSpace, page: number): { hva: number; perm: number } | null {
  const area = areaAt(space, page)
  if (area === undefined) return null
  const target = area.target + (page - area.first)
  if (space.parent === null) return { hva: target, perm: area.perm }
  const above = resolve(space.parent, target)
  if (above === null || (above.perm & area.perm) === 0) return null
  return { hva: above.hva, perm: above.perm & area.perm }
}

const BASE = Number(GIB / KIB4)

/** A root with both devices, a child with dev2, a grandchild with dev2: three levels, one branch. */
function build() {
  const v1 = new V1({ policy: { unmap: 'type1v2' } })
  const root: ModelSpace = { id: v1.alloc(), parent: null, areas: [], devices: new Set(['dev1', 'dev2']) }
  v1.attach(v1.fd1, root.id)
  v1.attach(v1.fd2, root.id)
  const child: ModelSpace = { id: v1.nest(root.id), parent: root, areas: [], devices: new Set(['dev2']) }
  v1.attach(v1.fd2, child.id)
  const grandchild: ModelSpace = {
    id: v1.nest(child.id),
    parent: child,
    areas: [],
    devices: new Set(['dev2']),
  }
  v1.attach(v1.fd2, grandchild.id)
  return { v1, spaces: [root, child, grandchild] as const }
}

type Built = ReturnType<typeof build>

function randomMap({ v1 }: Built, space: ModelSpace, random: (below: number) => number): void {
  const pages = 1 + random(6)
  const first = random(PAGES)
  const target = random(PAGES) + (space.parent === null ? BASE : 0)
  const perm = 1 + random(3)
  const answer = v1.map(
    space.id,
    BigInt(first) * KIB4,
    BigInt(target) * KIB4,
    BigInt(pages) * KIB4,
    BigInt(perm),
  )
  expect(answer.rule).toBe(expectedMap(space, { first, pages, target, perm }))
  if (answer.errno === null) space.areas.push({ first, pages, target, perm })
}

function expectedMap(space: ModelSpace, area: ModelArea): string | null {
  for (let page = area.first; page < area.first + area.pages; page++)
    if (areaAt(space, page) !== undefined) return 'map.overlap'
  if (space.parent === null) return null
  for (let page = area.target; page < area.target + area.pages; page++)
    if (areaAt(space.parent, page) === undefined) return 'map.not-in-parent'
  return null
}

function randomUnmap({ v1 }: Built, space: ModelSpace, random: (below: number) => number): void {
  const first = random(PAGES)
  const last = first + random(10)
  const meets = space.areas.filter(area => area.first <= last && area.first + area.pages - 1 >= first)
  const cut = meets.some(area => area.first < first || area.first + area.pages - 1 > last)
  const answer = v1.unmap(space.id, BigInt(first) * KIB4, BigInt(last - first + 1) * KIB4)
  expect(answer.rule).toBe(cut ? 'unmap.bisect' : null)
  if (!cut) space.areas = space.areas.filter(area => !meets.includes(area))
}

/** Every page of both routes, read and write, by a DMA that may come out of the IOTLB. */
function compare({ v1, spaces }: Built): void {
  const [root, , grandchild] = spaces
  for (let page = 0; page < PAGES + 8; page++) {
    check(v1, 'dev1', root, page)
    check(v1, 'dev2', grandchild, page)
  }
}

function check(v1: V1, device: string, space: ModelSpace, page: number): void {
  const meant = resolve(space, page)
  const address = BigInt(page) * KIB4
  const read = v1.read(device, address)
  expect(read.startsWith('fault'), `${device} reads page ${page}: ${read}`).toBe(
    ((meant?.perm ?? 0) & 1) === 0,
  )
  const letter = String.fromCharCode(65 + page)
  const wrote = v1.write(device, address, letter)
  expect(wrote.ok, `${device} writes page ${page}`).toBe(((meant?.perm ?? 0) & 2) !== 0)
  if (wrote.ok && meant !== null) expect(hostByte(v1, meant.hva)).toBe(letter)
}

/** The byte that stands in host memory behind a process page, found through a second device space. */
function hostByte(v1: V1, hva: number): string {
  const found = v1.machine.bulk.memory.readBytes(hostAddress(hva), 1)
  return String.fromCharCode(...found)
}

/** The placement the process-memory rule promises: pieces of 2 MiB, a hole after each. */
function hostAddress(hva: number): number {
  const piece = Math.floor(hva / 512)
  return ((2 * piece + 0x600) * 512 + (hva % 512)) * 4096
}

/** FNV-1a over every word of memory that is not 0. */
function digest({ machine }: V1): number {
  const { words } = machine.bulk
  let hash = 0x811c9dc5
  eachFrame(words, (hpa, offset) => {
    for (const [at, word] of words.data.subarray(offset, offset + 1024).entries())
      if (word !== 0) hash = Math.imul(hash ^ (hpa + at) ^ Math.imul(word, 31), 0x01000193)
  })
  return hash
}

describe('areas, shadows and DMA agree with a model of plain maps', () => {
  it.each(SEEDS)('seed %i', seed => {
    const random = generator(seed)
    const built = build()
    for (let call = 0; call < CALLS; call++) {
      const space = built.spaces[random(3) as 0 | 1 | 2]
      if (random(3) === 0) randomUnmap(built, space, random)
      else randomMap(built, space, random)
      if (call % 20 === 0) compare(built)
    }
    compare(built)
    built.v1.closeAll()
    expect(built.v1.machine.root.accountedPages).toBe(0)
    expect(built.v1.machine.bulk.refRanges.total(0)).toBe(0)
    expect(built.v1.machine.costs.values.some(Number.isNaN)).toBe(false)
  })

  it.each(SEEDS)('going back over seed %i gives back every word of bulk state', seed => {
    const random = generator(seed)
    const { v1, spaces } = build()
    const built = { v1, spaces }
    const marks: { mark: number; pinned: number; memory: number; root: typeof v1.machine.root }[] = []
    for (let call = 0; call < 100; call++) {
      const { machine } = v1
      marks.push({
        mark: machine.bulk.journal.mark(),
        pinned: machine.bulk.refRanges.total(0),
        memory: digest(v1),
        root: machine.root,
      })
      const space = spaces[random(3) as 0 | 1 | 2]
      if (random(3) === 0) randomUnmap(built, space, random)
      else randomMap(built, space, random)
    }
    expect(new Set(marks.map(({ memory }) => memory)).size).toBeGreaterThan(5)
    for (const past of marks.toReversed()) {
      v1.machine.bulk.journal.seekTo(past.mark)
      expect(v1.machine.bulk.refRanges.total(0)).toBe(past.pinned)
      expect(digest(v1)).toBe(past.memory)
      v1.machine.root = past.root
    }
  })
})
