/**
 * The commands of the kernel's test hook that look: at numbers the driver keeps, at what its tables lead to, at pins.
 *
 * Source: iommufd facts 5.3.
 */
import { findObject, hpaBehind } from '../../kernel/iommu'
import { type Outcome, refuse } from '../../kernel/outcome'
import { TREE } from '../../kernel/state'
import { hpaOfUser, memoryThere } from '../../kernel/user-memory'
import type { Call, CallResult, Lowering } from '../contract'
import { returns } from './argument'

const contextOf = ({ file }: Call): number => file.context ?? 0

const number = ({ args }: Call, field: string): number => Number(args.value(field))

export function check(what: string, found: number | undefined, wanted: number): Outcome<CallResult> {
  return found === wanted ? returns() : refuse('test.check', { what, found: found ?? 'nothing', wanted })
}

export const checkIotlb: Lowering = call => {
  const hwpt = findObject(call.machine, contextOf(call), 'HWPT_NESTED', call.args.value('hwpt_id'))
  if (!hwpt.ok) return hwpt
  return check('the entry', hwpt.value.cache[number(call, 'iotlb_id')], number(call, 'iotlb'))
}

export const checkCache: Lowering = call => {
  const device = findObject(call.machine, contextOf(call), 'DEVICE', call.args.value('dev_id'))
  if (!device.ok) return device
  return check('the entry', device.value.cache[number(call, 'cache_id')], number(call, 'cache'))
}

const HOST_PAGE = 4096n

/** Each of the smallest pages of a table must lead to the page of the program at the same distance. */
export const checkMap: Lowering = call => {
  const { machine, args } = call
  const hwpt = findObject(machine, contextOf(call), 'HWPT_PAGING', args.value('hwpt_id'))
  if (!hwpt.ok) return hwpt
  const [iova, length, uptr] = [args.value('iova'), args.value('length'), args.value('uptr')]
  const align = 1n << BigInt(hwpt.value.granuleLg2)
  if ([iova, length, uptr].some(one => one % align !== 0n))
    return refuse('dirty.align', { iova, length, align })
  if (!memoryThere(machine, uptr, Number(length), false))
    return refuse('ioas.pointer', { field: 'uptr', address: uptr })
  for (let at = 0n; at < length; at += align) {
    const [found, wanted] = [hpaBehind(machine, hwpt.value, iova + at), hpaOfUser(machine, uptr + at)]
    if (found === null || found !== wanted)
      return refuse('test.check', {
        what: 'the page',
        found: found ?? 'nothing',
        wanted: wanted ?? 'nothing',
      })
  }
  return returns()
}

/** Every page must be pinned so often. */
export const checkRefs: Lowering = call => {
  const { machine, args } = call
  const [length, uptr] = [args.value('length'), args.value('uptr')]
  if (length % HOST_PAGE !== 0n || uptr % HOST_PAGE !== 0n)
    return refuse('dirty.align', { iova: uptr, length, align: HOST_PAGE })
  if (!memoryThere(machine, uptr, Number(length), false))
    return refuse('ioas.pointer', { field: 'uptr', address: uptr })
  const wanted = number(call, 'refs')
  for (let at = 0n; at < length; at += HOST_PAGE) {
    const pins = machine.bulk.refRanges.countAt(TREE.pins, Number((uptr + at) / HOST_PAGE))
    if (pins !== wanted) return refuse('test.refs', { address: uptr + at, pins, wanted })
  }
  return returns()
}

/** A pointer and a count must fit. Bytes. */
const LEAST_LIMIT = 12

export const memoryLimit: Lowering = call => {
  const limit = number(call, 'limit')
  return limit < LEAST_LIMIT ? refuse('test.limit', { limit }) : returns()
}
