import { describe, expect, it } from 'vitest'
import { createSession, type EventRow, eventRows } from '../../../engine'
import { madeCalls } from './vmm-calls'

const FLOW = `#dialect rfc-v1
#platform vtd
#policy prereg=none
#memory 0x40000000 1GB guest
device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd2, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1GB });
viommu(dev2, gpa, shadow);
guest_map(t, 0x10000, 0x100000, 32KB);
guest_map(t, 0x12000, 0x200000, 4KB);
`

describe('the calls that a VMM makes of a step', () => {
  it('are told with their answers, those alike as one', () => {
    const session = createSession(FLOW)
    const made = (call: string) =>
      session.steps.filter(step => step.call === call).map(step => madeCalls(eventRows(session, step.n)))
    // The facts of shadowing: a root of its own; what hangs over the ends of a change is mapped again.
    expect(made('viommu')[0]?.map(text => text.split(' ')[0])).toEqual([
      'VFIO_DETACH_IOASID',
      'IOASID_ALLOC',
      'VFIO_ATTACH_IOASID',
    ])
    expect(made('guest_map')).toEqual([
      ['IOASID_MAP_DMA = 0'],
      ['IOASID_UNMAP_DMA = 0', '3 x IOASID_MAP_DMA = 0'],
    ])
    expect(made('open')).toEqual([[], []])
  })

  it('say which was refused, and how many are left out', () => {
    const row = (sub: number, kind: EventRow['kind'], more: Partial<EventRow>): EventRow => {
      return { seq: sub, sub, kind, actor: 'vmm', mark: '', object: '', detail: '', node: null, ...more }
    }
    const rows = Array.from({ length: 10 }, (_, k) => [
      row(k + 1, 'call', { object: `CALL_${k}` }),
      row(k + 1, 'return', k === 0 ? { mark: '!', detail: '-EEXIST, rule map.overlap' } : { detail: '0 {}' }),
    ]).flat()
    const told = madeCalls(rows)
    expect(told.slice(0, 2)).toEqual(['CALL_0 -EEXIST', 'CALL_1 = 0'])
    expect(told.at(-1)).toBe('and 2 more')
  })
})
