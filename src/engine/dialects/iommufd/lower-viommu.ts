/** Fault queues, vIOMMUs and what belongs to them. Source: iommufd facts 2.16 to 2.20. */
import { openOther } from '../../kernel/files'
import {
  createFaultQueue,
  createHwQueue,
  createVdevice,
  createVeventq,
  createViommu,
} from '../../kernel/iommu'
import { type Outcome, refuse } from '../../kernel/outcome'
import { checkFlags, type Handler, type Read, returns } from './argument'

/** The file of an object: it holds the object until it is closed. */
function openObject({ machine, context }: Read, object: number, path: string): Outcome<number> {
  return openOther(machine, { kind: 'object', path, name: path, context, object })
}

const FAULT_FILE = 'anon_inode:[iommufd-pgfault]'
const EVENT_FILE = 'anon_inode:[iommufd-viommu-event]'

export const faultAlloc: Handler = read => {
  const known = checkFlags(read, 0n)
  if (!known.ok) return known
  const { id } = createFaultQueue(read.machine, read.context)
  const fd = openObject(read, id, FAULT_FILE)
  return fd.ok ? returns({ out_fault_id: id, out_fault_fd: fd.value }) : fd
}

/** A type must be given: 0 stands for none. */
function checkTyped(read: Read, ...reserved: readonly string[]): Outcome<null> {
  const known = checkFlags(read, 0n, ...reserved)
  if (!known.ok || read.value('type') !== 0n) return known
  return refuse('struct.reserved', { field: 'type: not 0', command: read.call.command })
}

export const viommuAlloc: Handler = read => {
  const known = checkTyped(read)
  if (!known.ok) return known
  const length = read.lengthOf('data_len', 'data_uptr')
  const data =
    length === 0 ? null : { type: 0, length, bytes: read.bytesAt('data_uptr', Math.min(length, 4096)) }
  const made = createViommu(read.machine, {
    context: read.context,
    type: read.number('type'),
    device: read.value('dev_id'),
    hwpt: read.value('hwpt_id'),
    data,
  })
  return made.ok ? returns({ out_viommu_id: made.value.id }) : made
}

export const vdeviceAlloc: Handler = ({ machine, context, value }) => {
  const ids = { viommu: value('viommu_id'), device: value('dev_id'), virtId: value('virt_id') }
  const made = createVdevice(machine, { context, ...ids })
  return made.ok ? returns({ out_vdevice_id: made.value.id }) : made
}

export const veventqAlloc: Handler = read => {
  const known = checkTyped(read, '__reserved')
  if (!known.ok) return known
  const depth = read.number('veventq_depth')
  if (depth === 0) return refuse('veventq.depth')
  const { machine, context } = read
  const type = read.number('type')
  const made = createVeventq(machine, { context, viommu: read.value('viommu_id'), type, depth })
  if (!made.ok) return made
  const fd = openObject(read, made.value.id, EVENT_FILE)
  return fd.ok ? returns({ out_veventq_id: made.value.id, out_veventq_fd: fd.value }) : fd
}

export const hwQueueAlloc: Handler = read => {
  const known = checkTyped(read)
  if (!known.ok) return known
  const length = read.value('length')
  if (length === 0n) return refuse('hw-queue.length')
  const made = createHwQueue(read.machine, {
    context: read.context,
    viommu: read.value('viommu_id'),
    type: read.number('type'),
    index: read.number('index'),
    iova: read.value('nesting_parent_iova'),
    length,
  })
  return made.ok ? returns({ out_hw_queue_id: made.value.id }) : made
}
