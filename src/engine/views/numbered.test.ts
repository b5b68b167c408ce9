/** What the graph shows of the objects of an iommufd file; who holds whom is facts 1.2, numbers are facts 1.3. */
import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import { bareGraph, graphView } from './graph'
import { inspect } from './inspect/inspect'
import { inspectorView } from './inspector'

/** A test device on every kind of object: numbers of the file are 1, 2 (the test driver's), 3, 4, ... */
const EVERY_TYPE = `#dialect iommufd
iommufd = open("/dev/iommu", O_RDWR);
ioas = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas);
mock = { .pt_id = ioas.out_ioas_id };
ioctl(iommufd, TEST_MOCK_DOMAIN, &mock);
parent = { .flags = IOMMU_HWPT_ALLOC_NEST_PARENT; .dev_id = mock.out_idev_id; .pt_id = ioas.out_ioas_id; };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &parent);
fault = {};
ioctl(iommufd, IOMMU_FAULT_QUEUE_ALLOC, &fault);
viommu = { .type = 0xdeadbeef; .dev_id = mock.out_idev_id; .hwpt_id = parent.out_hwpt_id; };
ioctl(iommufd, IOMMU_VIOMMU_ALLOC, &viommu);
vdevice = { .viommu_id = viommu.out_viommu_id; .dev_id = mock.out_idev_id; .virt_id = 0x99; };
ioctl(iommufd, IOMMU_VDEVICE_ALLOC, &vdevice);
nested = { .flags = IOMMU_HWPT_FAULT_ID_VALID; .fault_id = fault.out_fault_id; .dev_id = mock.out_idev_id;
           .pt_id = viommu.out_viommu_id; .data_type = 0xdead; .data_len = 4; .data_uptr = "efbead0b"; };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &nested);
queue = { .viommu_id = viommu.out_viommu_id; .type = 0xbeefbeef; .veventq_depth = 2; };
ioctl(iommufd, IOMMU_VEVENTQ_ALLOC, &queue);
ioctl(iommufd, TEST_CREATE_ACCESS, { .ioas_id = ioas.out_ioas_id });
ioctl(iommufd, TEST_MOCK_DOMAIN_REPLACE, { .stdev_id = mock.out_stdev_id, .pt_id = nested.out_hwpt_id });
`

/** `[n] title` of everything that has a number, and `from > to` of every edge between two of them. */
function read(text: string, step?: number) {
  const session = createSession(text)
  expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
  if (step !== undefined) session.seek(step)
  const { nodes, edges } = bareGraph(session)
  const names = new Map(
    nodes.flatMap(node =>
      node.number === undefined ? [] : [[node.id, `${node.title} [${node.number}]`] as const],
    ),
  )
  const told = edges.flatMap(({ kind, from, to, label }) =>
    names.has(from) && names.has(to) ? [`${names.get(from)} > ${names.get(to)} ${kind} ${label}`] : [],
  )
  return { session, nodes, names: [...names.values()].sort(), edges: told.sort() }
}

describe('every type of object', () => {
  it('is a node with its number in the order of creation, and leads to all that it holds', () => {
    const { names, edges } = read(EVERY_TYPE)
    expect(names).toEqual([
      'ACCESS [10]',
      'FAULT [5]',
      'HWPT_NESTED [8]',
      'HWPT_PAGING [4]',
      'IOAS [1]',
      'testdev0 [2]',
      'vDEVICE [7]',
      'vEVENTQ [9]',
      'vIOMMU [6]',
    ])
    expect(edges).toEqual([
      'ACCESS [10] > IOAS [1] nest ioas_id',
      'HWPT_NESTED [8] > FAULT [5] ref fault_id',
      'HWPT_NESTED [8] > vIOMMU [6] nest pt_id',
      'HWPT_PAGING [4] > IOAS [1] nest pt_id',
      'testdev0 [2] > HWPT_NESTED [8] attach RID',
      'testdev0 [2] > vDEVICE [7] ref virt_id',
      'vDEVICE [7] > vIOMMU [6] nest viommu_id',
      'vEVENTQ [9] > vIOMMU [6] nest viommu_id',
      'vIOMMU [6] > HWPT_PAGING [4] nest hwpt_id',
    ])
  })

  it('keeps its number when one made before goes, and the page table of an attach goes with its last device', () => {
    const { names, edges, session } = read(EVERY_TYPE, 3)
    expect(names).toEqual(['HWPT_PAGING [3]', 'IOAS [1]', 'testdev0 [2]'])
    expect(edges).toContain('testdev0 [2] > HWPT_PAGING [3] attach RID')
    session.seek(session.steps.length)
    const gone = graphView(session).nodes.find(node => node.number === 3)
    expect([gone?.title, gone?.mark]).toEqual(['HWPT_PAGING', '-'])
  })

  it('says in the inspector by what number calls know it, what it refers to and who uses it', () => {
    const { session, nodes } = read(EVERY_TYPE)
    const fields = (title: string) => {
      const id = nodes.find(node => node.title === title)?.id ?? ''
      return Object.fromEntries((inspectorView(session, id)?.fields ?? []).map(row => [row.label, row.value]))
    }
    expect(fields('HWPT_PAGING')).toMatchObject({
      id: '5',
      pt_id: '1, IOAS [1]',
      auto_domain: 'no',
      nest_parent: 'yes',
      'used by': 'vIOMMU [6]',
    })
    expect(fields('HWPT_NESTED')).toMatchObject({ pt_id: '7, vIOMMU [6]', fault_id: '6, FAULT [5]' })
    expect(fields('HWPT_NESTED')['iotlb[0]']).toBe('0xbadbeef')
    expect(fields('vDEVICE')).toMatchObject({ id: '8', viommu_id: '7, vIOMMU [6]', virt_id: '0x99' })
    expect(fields('testdev0')).toMatchObject({ id: '3', attached: 'HWPT_NESTED [8] by RID' })
  })
})

describe('numbers of a file and numbers of creation', () => {
  const again = `#dialect iommufd
iommufd = open("/dev/iommu", O_RDWR);
a = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &a);
b = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &b);
ioctl(iommufd, IOMMU_DESTROY, { .id = a.out_ioas_id });
c = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &c);
`
  it('differ once a number is given out again', () => {
    const { nodes } = read(again)
    const told = nodes
      .filter(node => node.number !== undefined)
      .map(({ number, subtitle }) => [number, subtitle])
    expect(told).toEqual([
      [2, 'id 2'],
      [3, 'id 1'],
    ])
  })
})

describe('the table of a page table object', () => {
  const attached = `#dialect iommufd
#device dev1 pci 0000:00:03.0
#memory 0x40000000 0x100000
device_fd = open("/dev/vfio/devices/dev1", O_RDWR);
iommufd = open("/dev/iommu", O_RDWR);
ioctl(device_fd, VFIO_DEVICE_BIND_IOMMUFD, { .iommufd = iommufd });
ioas = {};
ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas);
ioctl(device_fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, { .pt_id = ioas.out_ioas_id });
ioctl(iommufd, IOMMU_IOAS_MAP, { .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE, .ioas_id = ioas.out_ioas_id, .iova = 0x1000, .user_va = 0x40000000, .length = 4KB });
`
  it('opens at its node, and is no longer a row of the IOAS', () => {
    const { session, nodes } = read(attached)
    const [ioas, hwpt] = ['IOAS', 'HWPT_PAGING'].map(title => nodes.find(node => node.title === title))
    expect(ioas?.rows.map(row => row.label)).toEqual(['area'])
    expect(hwpt?.rows.map(row => row.label)).toEqual(['root', 'tables', 'leaves'])
    expect(hwpt?.rows.at(-1)?.value).toBe('1 x 4 KiB')
    const view = inspectorView(session, hwpt?.id ?? '')
    expect(view?.tables).toHaveLength(1)
    const table = view?.tables[0]?.table ?? 0
    const query = { what: 'table', id: hwpt?.id ?? '', table, toggled: [], focus: null } as const
    const answer = inspect(session, { ...query, from: 0, count: 10 })
    expect(answer.what === 'table' && answer.view !== null).toBe(true)
  })
})
