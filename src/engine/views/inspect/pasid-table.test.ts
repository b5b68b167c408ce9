/** A PASID table of the guest: its entries as words in guest memory, and the tables that they lead to. */
import { describe, expect, it } from 'vitest'
import { createSession, type FlowSession } from '../../session/session'
import { graphView } from '../graph'
import { inspectorView } from '../inspector'
import { inspect } from './inspect'

const FLOW = `#dialect rfc-v1
#platform smmuv3
#device dev1 pci 0000:00:03.0 pasid
#memory 0x40000000 64MB guest
fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, gpa_ioasid);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa_ioasid, .iova = 0, .vaddr = 0x40000000, .size = 64MB });
ptable = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
ioctl(fd1, VFIO_ATTACH_IOASID, ptable);
ioctl(ioasid_fd, IOASID_BIND_PASID_TABLE, { .ioasid = ptable, .addr = 0x100000 });
guest_pasid_set(0x100000, 5, 0x200000);
guest_map(0x200000, 0x7000, 0x3000, 4KB);
guest_pasid_set(0x100000, 9, 0x300000);
`

function run(): { readonly session: FlowSession; readonly id: string } {
  const session = createSession(FLOW)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  expect(session.steps.filter(step => step.errno !== null)).toEqual([])
  const space = [...session.machine.root.spaces.values()].find(one => one.name === 'ptable')
  return { session, id: `space:${space?.uid}` }
}

describe('a PASID table of the guest', () => {
  it('shows its valid entries, word by word, at the memory of the guest, the new one marked', () => {
    const { session, id } = run()
    const answer = inspect(session, { what: 'structs', id })
    const views = answer.what === 'structs' ? (answer.view ?? []) : []
    expect(views.map(one => one.name.slice(0, 'PASID 5'.length))).toEqual(['PASID 5', 'PASID 9'])
    const { memory } = session.machine.bulk
    for (const { hpa, words } of views) {
      expect(words.length).toBeGreaterThan(1)
      expect(words.map(word => word.value)).toEqual(words.map((_, k) => memory.read64(Number(hpa) + k * 8)))
    }
    expect(views[0]?.words.every(word => word.mark === '')).toBe(true)
    expect(views[1]?.words.some(word => word.mark !== '')).toBe(true)
  })

  it('leads to the tables of the PASIDs, each read in guest memory as the hardware reads it', () => {
    const { session, id } = run()
    const tables = inspectorView(session, id)?.tables ?? []
    expect(tables.map(one => [one.title.split(',')[0], one.root])).toEqual([
      ['PASID 5', 0x20_0000n],
      ['PASID 9', 0x30_0000n],
    ])
    const query = { toggled: [], focus: { iova: 0x7000n, level: null, exact: true }, from: 0, count: 99 }
    const answer = inspect(session, { what: 'table', id, table: tables[0]?.table ?? 0, ...query })
    const entry = answer.what === 'table' ? answer.view?.entry : null
    const walk = session.walk({ device: 'dev1', pasid: 5, address: 0x7000n, write: false })
    if ('problem' in walk) throw new Error(walk.problem)
    const leaf = walk.references.findLast(one => one.stage === 'first')
    expect(entry).toMatchObject({ hpa: leaf?.address, value: leaf?.value, output: 0x3000n })
    expect(entry?.outputHpa).toBe(walk.output)
  })

  it('says in the picture where it lies and how many PASIDs it leads on', () => {
    const { session, id } = run()
    const rows = graphView(session).nodes.find(one => one.id === id)?.rows ?? []
    expect(rows.map(row => `${row.label} ${row.value}`)).toEqual(
      expect.arrayContaining(['PASIDs GPA 0x10_0000', 'valid 2 entries']),
    )
  })
})
