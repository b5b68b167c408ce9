/** The caches of the unit and of the devices behind it, made, and told a line each for hashing. */
import type { Bulk } from '../../../mem'
import { createIotlb, iotlbLines } from '../../iotlb-entries'
import { structAt } from '../../struct-cache'
import { createTagCache, type TagCache, tagsIn } from '../../tag-cache'
import { ABSENT_SHAPE, absentAt } from './absent-cache'
import type { VtdConfig } from './config'
import { type ConfigCaches, createConfigCaches } from './config-cache'
import { isCurrent, PAGING_SHAPE, pagingAt } from './paging-cache'
import { LEGACY_CONTEXT, PASID_ENTRY, SCALABLE_CONTEXT } from './structures.data'

export interface VtdCaches extends ConfigCaches {
  readonly paging: TagCache
  readonly absent: TagCache
  /**
   * What devices with ATS keep themselves, in one store laid out as an IOTLB, with the requester id in place of the
   * domain. Its size is the model's: the devices share it.
   */
  readonly deviceTlb: number
}

export function createCaches(bulk: Bulk): VtdCaches {
  return {
    ...createConfigCaches(bulk),
    paging: createTagCache(bulk, PAGING_SHAPE),
    absent: createTagCache(bulk, ABSENT_SHAPE),
    deviceTlb: createIotlb(bulk),
  }
}

/**
 * Every entry, cache by cache, without the addresses of tables, which say nothing of behaviour; instead whether
 * memory still says the same.
 */
export function cacheLines(
  { words, memory }: Bulk,
  { iotlb, caches, config }: { iotlb: number; caches: VtdCaches; config: VtdConfig },
): readonly string[] {
  const { data } = words
  const contextWords = (config.mode === 'legacy' ? LEGACY_CONTEXT : SCALABLE_CONTEXT).words
  const structs = (cache: TagCache, tagWords: number, length: number) =>
    tagsIn(data, cache).map(at => {
      const { hpa, words: body } = structAt(data, cache, at, length)
      const tags = data.subarray(at + 1, at + 1 + tagWords).join(' ')
      return `${tags} ${freshText(body.every((word, k) => memory.read64(hpa + k * 8) === word))}`
    })
  const paging = tagsIn(data, caches.paging).map(at => {
    const { tag, entry } = pagingAt(data, caches.paging, at)
    const what = [tag.stage, tag.nested, tag.domain, tag.pasid, entry.level, entry.page, entry.perm]
    return `${what.join(' ')} ${freshText(isCurrent(tag, entry, memory.read64(entry.item.hpa)))}`
  })
  return [
    ...iotlbLines(data, iotlb),
    ...section('context', structs(caches.context, 1, contextWords)),
    ...section('PASID', structs(caches.pasid, 2, PASID_ENTRY.words)),
    ...section('paging', paging),
    ...section(
      'absent',
      tagsIn(data, caches.absent).map(at => JSON.stringify(absentAt(data, at))),
    ),
    ...section('device TLB', iotlbLines(data, caches.deviceTlb)),
  ]
}

const freshText = (fresh: boolean): string => (fresh ? 'as in memory' : 'stale')

const section = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [name, ...lines.toSorted()]
