/** The sample flow's spaces and devices after each of its steps, written out by hand. */
import type { AreaView, Mark, SpaceView, StateView } from '../../engine'

const GPA_AREA: AreaView = { iova: 0n, last: 0x3fff_ffffn, target: 0x4000_0000n, perm: 'rw' }
const GIOVA_AREA: AreaView = { iova: 0x2000n, last: 0x2fffn, target: 0x4000_1000n, perm: 'rw' }

export function mark(n: number, created: number): Mark {
  return n === created ? '+' : ''
}

export function spacesAt(n: number): SpaceView[] {
  const base = { kind: 'kernel', parent: null, nesting: null } as const
  const gpaDevices = [n >= 8 ? 'dev1' : '', n >= 9 && n < 13 ? 'dev2' : ''].filter(name => name !== '')
  const gpa: SpaceView = {
    ...base,
    id: 1,
    name: 'gpa_ioasid',
    attachments: gpaDevices.map(device => ({ device, pasid: null })),
    areas: n >= 10 ? [GPA_AREA] : [],
  }
  const giova: SpaceView = {
    ...base,
    id: 2,
    name: 'giova_ioasid',
    attachments: n >= 14 ? [{ device: 'dev2', pasid: null }] : [],
    areas: n >= 15 ? [GIOVA_AREA] : [],
  }
  return [...(n >= 7 ? [gpa] : []), ...(n >= 12 ? [giova] : [])]
}

export function stateAt(n: number): StateView {
  const attachmentsOf = (device: string) =>
    spacesAt(n)
      .filter(space => space.attachments.some(a => a.device === device))
      .map(space => ({ space: space.id, pasid: null }))
  const device = (name: string, rid: string, bound: number) => ({
    name,
    path: `/dev/vfio/devices/${name}`,
    rid,
    group: name === 'dev1' ? 12 : 13,
    bound: n >= bound ? 5 : null,
    attachments: attachmentsOf(name),
  })
  const pages = n >= 6 ? 262_144 : 0
  return {
    addressSpaces: spacesAt(n),
    devices: [device('dev1', '0000:00:03.0', 4), device('dev2', '0000:00:04.0', 5)],
    accounting: {
      pinnedPages: pages,
      accountedPages: pages,
      prereg: n >= 6 ? [{ vaddr: 0x4000_0000n, size: 0x4000_0000n }] : [],
    },
  }
}
