/** read(), write() and poll() on the files of objects. Source: iommufd facts 2.16, 2.19. */
import { FAULT_BYTES, readEvents, readFaults, writeResponses } from '../../kernel/iommu'
import { answer, refuse } from '../../kernel/outcome'
import type { Call, Lowering } from '../contract'
import { hexOf } from './argument'

const POLLIN = 1
const POLLOUT = 4

/** struct iommu_hwpt_pgfault. */
const FAULT = { pasidValid: 1, lastPage: 2 } as const

function objectIn({ file, machine }: Call) {
  if (file.kind !== 'object' || file.context === null) return null
  return machine.root.contexts.get(file.context)?.io.objects.get(file.object ?? 0) ?? null
}

const noCall = ({ file, command }: Call) => refuse('file.no-call', { file: file.path, command })

export const readFile: Lowering = call => {
  const object = objectIn(call)
  const context = call.file.context ?? 0
  const bytes = Number(call.args.value('len'))
  if (object?.type === 'FAULT') {
    const read = readFaults(call.machine, context, object.id, bytes)
    if (!read.ok) return read
    const faults = read.value.map(fault => ({
      flags: FAULT.lastPage | (fault.withPasid ? FAULT.pasidValid : 0),
      dev_id: fault.device,
      pasid: fault.pasid,
      grpid: fault.group,
      perm: fault.perm,
      addr: fault.address,
      length: 0,
      cookie: fault.cookie,
    }))
    const [first] = faults
    if (first === undefined) return answer({ ret: 0, out: null })
    // A buffer of one record is such a struct: its members are named by themselves, too.
    return answer({ ret: faults.length * FAULT_BYTES, out: { ...first, faults } })
  }
  if (object?.type === 'VEVENTQ') {
    const read = readEvents(call.machine, context, object.id, bytes)
    if (!read.ok) return read
    return answer({
      ret: read.value.length,
      out: read.value.length === 0 ? null : { bytes: hexOf(read.value) },
    })
  }
  return noCall(call)
}

/** More than that says nothing new. */
const LONGEST_WRITE = 1 << 16

export const writeFile: Lowering = call => {
  const object = objectIn(call)
  if (object?.type !== 'FAULT') return noCall(call)
  const data =
    call.args.bytes('data') ?? new Uint8Array(Math.min(Number(call.args.value('len')), LONGEST_WRITE))
  const written = writeResponses(call.machine, call.file.context ?? 0, object.id, data)
  return written.ok ? answer({ ret: written.value, out: null }) : written
}

export const pollFile: Lowering = call => {
  const object = objectIn(call)
  if (object?.type !== 'FAULT' && object?.type !== 'VEVENTQ') return noCall(call)
  const there = (object.queued.length > 0 ? POLLIN : 0) | (object.type === 'FAULT' ? POLLOUT : 0)
  const revents = Number(call.args.value('events')) & there
  return answer({ ret: revents === 0 ? 0 : 1, out: { revents } })
}
