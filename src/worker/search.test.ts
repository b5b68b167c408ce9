import { describe, expect, it } from 'vitest'
import { createSession } from '../engine'
import { type Pace, runTo, stopsOf } from './search'

const FLOW = `#device dev1 pci 0000:00:03.0
fd = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa };
ioctl(fd, VFIO_ATTACH_IOASID, &at);
ioctl(fd, VFIO_ATTACH_IOASID, &at);
`
const session = createSession(FLOW)
const ATTACH = [{ kind: 'command', value: 'VFIO_ATTACH_IOASID' }] as const

/** Due after every step; gives up after `pauses`. */
function pace(pauses: number): Pace & { left: number } {
  const state = {
    left: pauses,
    isDue: () => true,
    pause: () => Promise.resolve(state.left-- > 0),
  }
  return state
}

describe('searches for stops', () => {
  it('finds every step, and pauses as told', async () => {
    const all = pace(100)
    expect(await stopsOf(session, ATTACH, all)).toEqual([5, 6])
    expect(all.left).toBe(100 - session.steps.length)
  })

  it.each([
    [0, 1, { step: 5, stopped: true }],
    [5, 1, { step: 6, stopped: true }],
    [6, 1, { step: 6, stopped: false }],
    [6, -1, { step: 5, stopped: true }],
    [5, -1, { step: 0, stopped: false }],
  ] as const)('from %i in direction %i', async (from, direction, found) => {
    expect(await runTo(session, { from, breakpoints: ATTACH, direction }, pace(100))).toEqual(found)
  })

  it('says nothing once nobody waits', async () => {
    expect(await stopsOf(session, ATTACH, pace(2))).toBeNull()
    expect(await runTo(session, { from: 0, breakpoints: ATTACH, direction: 1 }, pace(2))).toBeNull()
  })
})
