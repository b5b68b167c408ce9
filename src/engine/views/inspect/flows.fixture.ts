/** For tests: flows that map, unmap, move devices and do DMA, as many and as mixed as a property wants. */
import fc from 'fast-check'

const PAGE = 4096

export type Act =
  | {
      readonly kind: 'map'
      readonly space: number
      readonly page: number
      readonly pages: number
      readonly target: number
    }
  | { readonly kind: 'unmap'; readonly space: number; readonly page: number; readonly pages: number }
  | { readonly kind: 'dma'; readonly device: number; readonly page: number }
  | { readonly kind: 'attach' | 'detach'; readonly device: number; readonly space: number }
  | { readonly kind: 'register'; readonly target: number; readonly pages: number }

const page = fc.constantFrom(0, 1, 2, 3, 8, 511, 512, 513, 1024, 0x4_0000)
const pages = fc.constantFrom(1, 2, 5, 16, 512, 1024)
const one = fc.integer({ min: 1, max: 2 })

export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('map' as const), space: one, page, pages, target: page }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('unmap' as const), space: one, page, pages }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('dma' as const), device: one, page }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('attach' as const, 'detach' as const),
        device: one,
        space: one,
      }),
    },
  ),
  { minLength: 4, maxLength: 18 },
)

/** The flow of some acts: two devices, two spaces, each device attached to one of them. */
export function flowOf(list: readonly Act[], memory = '#memory 0x40000000 2GB guest pages=4K'): string {
  return [
    '#dialect rfc-v1',
    '#policy unmap=type1v2',
    '#device dev1 pci 0000:00:03.0',
    '#device dev2 pci 0000:00:04.0',
    memory,
    'fd1 = open("/dev/vfio/devices/dev1", mode);',
    'fd2 = open("/dev/vfio/devices/dev2", mode);',
    'ioasid_fd = open("/dev/ioasid", mode);',
    'ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);',
    'ioctl(fd2, VFIO_BIND_IOASID_FD, ioasid_fd);',
    's1 = ioctl(ioasid_fd, IOASID_ALLOC);',
    's2 = ioctl(ioasid_fd, IOASID_ALLOC);',
    'ioctl(fd1, VFIO_ATTACH_IOASID, s1);',
    'ioctl(fd2, VFIO_ATTACH_IOASID, s2);',
    ...list.flatMap(lines),
  ].join('\n')
}

function lines(act: Act, at: number): string[] {
  const name = `m${at}`
  switch (act.kind) {
    case 'map':
      return [
        `${name} = { .ioasid = s${act.space}; .iova = ${act.page * PAGE}; .vaddr = ${0x4000_0000 + act.target * PAGE}; .size = ${act.pages * PAGE}; };`,
        `ioctl(ioasid_fd, IOASID_MAP_DMA, &${name});`,
      ]
    case 'unmap':
      return [
        `${name} = { .ioasid = s${act.space}; .iova = ${act.page * PAGE}; .size = ${act.pages * PAGE}; };`,
        `ioctl(ioasid_fd, IOASID_UNMAP_DMA, &${name});`,
      ]
    case 'register':
      return [
        `${name} = { .vaddr = ${0x4000_0000 + act.target * PAGE}; .size = ${act.pages * PAGE}; };`,
        `ioctl(ioasid_fd, IOASID_REGISTER_MEMORY, &${name});`,
      ]
    case 'dma':
      return [`dma_write(dev${act.device}, ${act.page * PAGE}, "x");`]
    case 'attach':
      return [`ioctl(fd${act.device}, VFIO_ATTACH_IOASID, s${act.space});`]
    case 'detach':
      return [`ioctl(fd${act.device}, VFIO_DETACH_IOASID, s${act.space});`]
    default:
      throw new Error('no such act')
  }
}
