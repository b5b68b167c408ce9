import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import { graphView } from './graph'

const FLOW = `#device dev1 pci 0000:00:03.0
fd = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa };
ioctl(fd, VFIO_ATTACH_IOASID, &at);
map = { .ioasid = gpa; .iova = 0; .vaddr = 0x40000000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &map);
dma_read(dev1, 0, 4);
`

describe('names of objects', () => {
  it('a breakpoint calls each object as the graph does: every node that a step changes stops there', () => {
    const session = createSession(FLOW)
    const changed = new Set<string>()
    for (let n = 1; n <= session.steps.length; n++) {
      session.seek(n)
      for (const node of graphView(session).nodes) {
        if (!['space', 'device', 'context'].includes(node.kind) || node.mark === '') continue
        changed.add(node.kind)
        expect(session.stops([{ kind: 'object', value: node.id }], n), `${node.id} at step ${n}`).toBe(true)
      }
    }
    expect([...changed].sort()).toEqual(['context', 'device', 'space'])
    const last = session.steps.length
    for (const id of ['memory', 'iommu:0', 'device:dev1']) {
      expect(session.stops([{ kind: 'object', value: id }], last), id).toBe(true)
    }
  })
})
