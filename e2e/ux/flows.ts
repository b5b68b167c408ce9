/** Made flows of a wanted size. */
import { FLOW } from './bench'

/** Devices in groups of their own, `perSpace` to an address space; each space maps a page and is written to. */
export function manyObjects(devices: number, perSpace = 3): string {
  const numbers = Array.from({ length: devices }, (_, i) => i + 1)
  const spaces = Array.from({ length: Math.ceil(devices / perSpace) }, (_, i) => i + 1)
  const spaceOf = (device: number) => Math.ceil(device / perSpace)
  return [
    `#title ${devices} devices in ${spaces.length} spaces`,
    '#platform vtd',
    ...numbers.map(n => `#device dev${n} pci ${rid(n)}`),
    '#memory 0x40000000 1GB guest',
    'ioasid_fd = open("/dev/ioasid", O_RDWR);',
    ...numbers.flatMap(n => [
      `device_fd${n} = open("/dev/vfio/devices/dev${n}", O_RDWR);`,
      `ioctl(device_fd${n}, VFIO_BIND_IOASID_FD, ioasid_fd);`,
    ]),
    ...spaces.flatMap(n => [
      `space${n} = ioctl(ioasid_fd, IOASID_ALLOC);`,
      `at${n} = { .ioasid = space${n} };`,
    ]),
    ...numbers.map(n => `ioctl(device_fd${n}, VFIO_ATTACH_IOASID, &at${spaceOf(n)});`),
    ...spaces.flatMap(n => [
      `map${n} = { .ioasid = space${n}; .iova = 0; .vaddr = 0x40000000; .size = 4KB; };`,
      `ioctl(ioasid_fd, IOASID_MAP_DMA, &map${n});`,
      `dma_write(dev${n * perSpace - perSpace + 1}, 0, "x");`,
    ]),
  ].join('\n')
}

function rid(n: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0')
  return `0000:${hex(1 + Math.floor(n / 32))}:${hex(n % 32)}.0`
}

/** The example, and then a read of one page over and over. */
export function manySteps(steps: number): string {
  return `${FLOW}\n${'dma_read(dev1, 0x1000, 4);\n'.repeat(steps)}`
}
