/**
 * Every invalidation command against a list: caches filled at random, one command run from its bits, and what is left
 * compared with what a plain list keeps by the command's meaning.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Command } from '../../flushing'
import { entries, fill } from '../../iotlb-entries'
import { encodeStruct } from '../../struct'
import { keepStruct } from '../../struct-cache'
import { tagsIn, tagWord } from '../../tag-cache'
import { Rig } from '../../test-rig'
import { vtd } from '.'
import { absentAt, keepAbsent } from './absent-cache'
import * as command from './commands'
import { execute } from './execute'
import { keepPaging, pagingAt } from './paging-cache'
import type { VtdState } from './state'
import { LEGACY_CONTEXT, PASID_ENTRY } from './structures.data'

const SEED = 0xf1005

type Translation = {
  domain: number
  pasid: number | null
  page: number
  lg2: 12 | 21 | 30
}
type Held =
  | ({ cache: 'iotlb'; nested: boolean } & Translation)
  | ({ cache: 'device' } & Translation)
  | {
      cache: 'paging'
      kind: 'second' | 'first' | 'nested first'
      domain: number
      pasid: number
      level: number
      page: number
    }
  | { cache: 'absent'; domain: number; page: number }
  | { cache: 'context'; rid: number; domain: number }
  | { cache: 'pasid'; rid: number; pasid: number; domain: number; present: boolean }

const domain = fc.integer({ min: 1, max: 2 })
const pasid = fc.integer({ min: 0, max: 1 })
const rid = fc.constantFrom(0x18, 0x19)
const page = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 505, max: 1030 }),
  fc.constantFrom(2 ** 18, 2 ** 18 + 1, 2 ** 27 + 3),
)
const lg2 = fc.constantFrom<12 | 21 | 30>(12, 12, 12, 21, 30)
const maybePasid = fc.option(pasid, { nil: null })

const held: fc.Arbitrary<Held> = fc.oneof(
  fc.record({
    cache: fc.constant('iotlb' as const),
    nested: fc.boolean(),
    domain,
    pasid: maybePasid,
    page,
    lg2,
  }),
  fc.record({ cache: fc.constant('device' as const), domain: rid, pasid: maybePasid, page, lg2 }),
  fc.record({
    cache: fc.constant('paging' as const),
    kind: fc.constantFrom('second' as const, 'first' as const, 'nested first' as const),
    domain,
    pasid,
    level: fc.nat(2),
    page,
  }),
  fc.record({ cache: fc.constant('absent' as const), domain, page }),
  fc.record({ cache: fc.constant('context' as const), rid, domain: fc.nat(3) }),
  fc.record({ cache: fc.constant('pasid' as const), rid, pasid, domain, present: fc.boolean() }),
)

/** A command by its parameters, and which of the held it is to take, said without a bit. */
interface Meant {
  readonly text: string
  readonly issued: Command
  readonly takes: (entry: Held) => boolean
}

const sizeOf = (entry: { lg2: number }): number => 2 ** (entry.lg2 - 12)
const firstOf = (entry: Translation): number => entry.page - (entry.page % sizeOf(entry))
const meets = (first: number, pages: number, from: number, count: number): boolean =>
  first < from + count && from < first + pages
const under = (entry: { level: number; page: number }, from: number, count: number): boolean => {
  const span = 512 ** (entry.level + 1)
  return meets(entry.page - (entry.page % span), span, from, count)
}

function iotlbPages(did: number, from: number, am: number, ih: boolean): Meant {
  const count = 2 ** am
  const start = from - (from % count)
  return {
    text: `iotlb pages ${did} ${start} ${am} ${ih}`,
    issued: command.iotlbPages(did, { address: BigInt(start) << 12n, am, leafOnly: ih }),
    takes(entry) {
      if (!('domain' in entry) || entry.domain !== did) return false
      if (entry.cache === 'iotlb')
        return entry.nested || (entry.pasid === null && meets(firstOf(entry), sizeOf(entry), start, count))
      if (entry.cache === 'absent') return meets(entry.page, 1, start, count)
      if (entry.cache !== 'paging') return false
      return entry.kind === 'nested first' || (entry.kind === 'second' && !ih && under(entry, start, count))
    },
  }
}

const isTranslation = (entry: Held): boolean =>
  entry.cache === 'iotlb' || entry.cache === 'paging' || entry.cache === 'absent'

const iotlbDomain = (did: number): Meant => ({
  text: `iotlb domain ${did}`,
  issued: command.iotlbDomain(did),
  takes: entry => isTranslation(entry) && 'domain' in entry && entry.domain === did,
})

const iotlbGlobal: Meant = { text: 'iotlb', issued: command.iotlbGlobal(), takes: isTranslation }

const isFirstOf = (entry: Held, did: number, tag: number): boolean =>
  ((entry.cache === 'iotlb' && entry.pasid === tag) ||
    (entry.cache === 'paging' && entry.kind !== 'second' && entry.pasid === tag)) &&
  entry.domain === did

const pasidAll = (did: number, tag: number): Meant => ({
  text: `p_iotlb ${did} ${tag}`,
  issued: command.pasidIotlbAll(did, tag),
  takes: entry => isFirstOf(entry, did, tag),
})

function pasidPages(did: number, tag: number, from: number, am: number, ih: boolean): Meant {
  const count = 2 ** am
  const start = from - (from % count)
  return {
    text: `p_iotlb pages ${did} ${tag} ${start} ${am} ${ih}`,
    issued: command.pasidIotlbPages(did, tag, { address: BigInt(start) << 12n, am, leafOnly: ih }),
    takes(entry) {
      if (!isFirstOf(entry, did, tag)) return false
      if (entry.cache === 'iotlb') return meets(firstOf(entry), sizeOf(entry), start, count)
      return entry.cache === 'paging' && !ih && under(entry, start, count)
    },
  }
}

type Tagged = number | null | 'every'

function deviceTlb(sid: number, tag: Tagged, from: number, lg2Bytes: number | 'all'): Meant {
  const target = { sid, pfsid: sid, depth: 0 }
  const pages = lg2Bytes === 'all' ? 0 : 2 ** (lg2Bytes - 12)
  const start = lg2Bytes === 'all' ? 0 : from - (from % pages)
  const block = lg2Bytes === 'all' ? 'all' : ({ address: BigInt(start) << 12n, bytesLg2: lg2Bytes } as const)
  const issued =
    tag === null
      ? command.deviceTlb(target, block)
      : tag === 'every'
        ? command.pasidDeviceTlbGlobal(target, block)
        : command.pasidDeviceTlb(target, tag, block)
  return {
    text: `device tlb ${sid} ${tag} ${start} ${lg2Bytes}`,
    issued,
    takes(entry) {
      if (entry.cache !== 'device' || entry.domain !== sid) return false
      const tagged = tag === 'every' ? entry.pasid !== null : entry.pasid === tag
      return tagged && (lg2Bytes === 'all' || meets(firstOf(entry), sizeOf(entry), start, pages))
    },
  }
}

const context = (what: 'global' | 'domain' | 'device', did: number, sid: number, legacy: boolean): Meant => ({
  text: `context ${what} ${did} ${sid}`,
  issued:
    what === 'global'
      ? command.contextCacheGlobal()
      : what === 'domain'
        ? command.contextCacheDomain(did)
        : command.contextCacheDevice(did, sid),
  takes(entry) {
    if (entry.cache !== 'context') return false
    if (what === 'global') return true
    return (!legacy || entry.domain === did) && (what === 'domain' || entry.rid === sid)
  },
})

const pasidCache = (what: 'global' | 'domain' | 'one', did: number, tag: number): Meant => ({
  text: `pasid cache ${what} ${did} ${tag}`,
  issued:
    what === 'global'
      ? command.pasidCacheGlobal()
      : what === 'domain'
        ? command.pasidCacheDomain(did)
        : command.pasidCacheOne(did, tag),
  takes(entry) {
    if (entry.cache !== 'pasid') return false
    if (what === 'global') return true
    return (what === 'domain' || entry.pasid === tag) && (!entry.present || entry.domain === did)
  },
})

const am = fc.nat(18)
const block = fc.oneof(fc.constant('all' as const), fc.integer({ min: 12, max: 32 }))
const tagged: fc.Arbitrary<Tagged> = fc.oneof(maybePasid, fc.constant('every' as const))
const meant: fc.Arbitrary<Meant> = fc.oneof(
  fc.tuple(domain, page, am, fc.boolean()).map(of => iotlbPages(...of)),
  domain.map(iotlbDomain),
  fc.constant(iotlbGlobal),
  fc.tuple(domain, pasid).map(of => pasidAll(...of)),
  fc.tuple(domain, pasid, page, am, fc.boolean()).map(of => pasidPages(...of)),
  fc.tuple(rid, tagged, page, block).map(of => deviceTlb(...of)),
  fc
    .tuple(fc.constantFrom('global' as const, 'domain' as const, 'device' as const), fc.nat(3), rid)
    .map(([what, did, sid]) => context(what, did, sid, true)),
  fc
    .tuple(fc.constantFrom('global' as const, 'domain' as const, 'one' as const), domain, pasid)
    .map(of => pasidCache(...of)),
)

/** What tells one entry from another, and all of it that an invalidation looks at. */
function keyOf(entry: Held): string {
  switch (entry.cache) {
    case 'iotlb':
    case 'device':
      return [entry.cache, entry.domain, entry.pasid, firstOf(entry), entry.lg2].join(' ')
    case 'paging': {
      const span = 512 ** (entry.level + 1)
      const tag = entry.kind === 'second' ? null : entry.pasid
      return [entry.kind, entry.domain, tag, entry.level, entry.page - (entry.page % span)].join(' ')
    }
    case 'absent':
      return ['absent', entry.domain, entry.page].join(' ')
    case 'context':
      return ['context', entry.rid].join(' ')
    default:
      return ['pasid', entry.rid, entry.pasid].join(' ')
  }
}

function put({ bulk }: Rig, state: VtdState, entry: Held): ReturnType<typeof fill> {
  const { caches } = state
  switch (entry.cache) {
    case 'iotlb':
    case 'device': {
      const nested = entry.cache === 'iotlb' && entry.nested ? { nested: true as const } : {}
      const { domain: did, pasid: tag, lg2: pageLg2 } = entry
      const made = { domain: did, pasid: tag, page: firstOf(entry), output: 2 ** 18, perm: 3, pageLg2 }
      return fill(bulk, entry.cache === 'iotlb' ? state.iotlb : caches.deviceTlb, { ...made, ...nested })
    }
    case 'paging': {
      const stage = entry.kind === 'second' ? 'second' : 'first'
      const nested = entry.kind === 'nested first'
      const tag = {
        stage,
        nested,
        domain: entry.domain,
        pasid: stage === 'second' ? null : entry.pasid,
      } as const
      const item = { hpa: 0x9000, value: 3n }
      const { level, page: first } = entry
      const at = { level, page: first, table: 0x5000, host: 0x5000, perm: 3, hostPerm: 3, item }
      keepPaging(bulk, caches.paging, tag, at)
      return null
    }
    case 'absent':
      keepAbsent(bulk, caches.absent, entry)
      return null
    case 'context': {
      const words = encodeStruct(LEGACY_CONTEXT, entry.domain === 0 ? {} : { P: 1, DID: entry.domain })
      keepStruct(bulk, caches.context, [entry.rid], { hpa: 0x1000, words, fpd: false })
      return null
    }
    default: {
      const words = encodeStruct(PASID_ENTRY, entry.present ? { P: 1, DID: entry.domain } : {})
      keepStruct(bulk, caches.pasid, [entry.rid, entry.pasid], { hpa: 0x1000, words, fpd: false })
      return null
    }
  }
}

function keysLeft({ bulk }: Rig, { iotlb, caches }: VtdState): string[] {
  const { data } = bulk.words
  const translations = (cache: string, base: number) =>
    entries(bulk, base).map(entry => [cache, entry.domain, entry.pasid, entry.page, entry.pageLg2].join(' '))
  return [
    ...translations('iotlb', iotlb),
    ...translations('device', caches.deviceTlb),
    ...tagsIn(data, caches.paging).map(at => {
      const { tag, entry } = pagingAt(data, caches.paging, at)
      const kind = tag.nested ? 'nested first' : tag.stage
      return [kind, tag.domain, tag.pasid, entry.level, entry.page].join(' ')
    }),
    ...tagsIn(data, caches.absent).map(at => {
      const missing = absentAt(data, at)
      return ['absent', missing.domain, missing.page].join(' ')
    }),
    ...tagsIn(data, caches.context).map(at => ['context', tagWord(data, at, 0)].join(' ')),
    ...tagsIn(data, caches.pasid).map(at => ['pasid', tagWord(data, at, 0), tagWord(data, at, 1)].join(' ')),
  ].sort()
}

it(`vtd.commands: each command takes what it means and nothing else (seed ${SEED})`, () => {
  const rig = new Rig(vtd, { mode: 'legacy' })
  const state = rig.state as VtdState
  const empty = rig.bulk.journal.mark()
  const holdings = fc.array(held, { minLength: 20, maxLength: 50 })
  const commands = fc.array(meant, { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(holdings, commands, (all, meanings) => {
      rig.bulk.journal.undoTo(empty)
      const list = filled(rig, state, all)
      const full = rig.bulk.journal.mark()
      for (const { issued, takes, text } of meanings) {
        rig.bulk.journal.undoTo(full)
        execute(rig.ctx, state, issued)
        const left = [...list].filter(([_, entry]) => !takes(entry)).map(([key]) => key)
        const found = keysLeft(rig, state)
        expect(found.join('\n'), text).toBe(left.sort().join('\n'))
      }
    }),
    { seed: SEED, numRuns: 400, verbose: 1 },
  )
})

/** Puts everything in, and keeps the list of what is there: replaced entries leave it. */
function filled(rig: Rig, state: VtdState, all: readonly Held[]): Map<string, Held> {
  const list = new Map<string, Held>()
  for (const entry of all) {
    const gone = put(rig, state, entry)
    if (gone !== null) list.delete([entry.cache, gone.domain, gone.pasid, gone.page, gone.pageLg2].join(' '))
    list.set(keyOf(entry), entry)
  }
  return list
}
