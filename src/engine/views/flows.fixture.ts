/** For tests: random flows of a few devices and spaces, in which most calls get somewhere and some are refused. */
import { generator, type Random } from '../dialects/generator.fixture'

const HEAD = `#title random
#dialect rfc-v1
#device dev1 pci 0000:00:01.0
#device dev2 pci 0000:00:02.0
#device dev3 pci 0000:00:03.0
#memory 0x40000000 64MB guest
ctx = open("/dev/ioasid", O_RDWR);
fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
fd2 = open("/dev/vfio/devices/dev2", O_RDWR);
fd3 = open("/dev/vfio/devices/dev3", O_RDWR);
`

type Statement = (random: Random, spaces: string[]) => readonly string[]

const pick = <T>(random: Random, list: readonly T[], otherwise: T): T =>
  list[random(list.length)] ?? otherwise
const page = (random: Random, pages: number) => `0x${(random(pages) * 4096).toString(16)}`
const device = (random: Random) => `fd${1 + random(3)}`
const size = (random: Random) => `${4 << random(4)}KB`

const STATEMENTS: readonly Statement[] = [
  (_random, spaces) => {
    spaces.push(`s${spaces.length}`)
    return [`${spaces.at(-1)} = ioctl(ctx, IOASID_ALLOC);`]
  },
  (random, spaces) => {
    const parent = pick(random, spaces, '0')
    spaces.push(`s${spaces.length}`)
    return [`${spaces.at(-1)} = ioctl(ctx, IOASID_CREATE_NESTING, ${parent});`]
  },
  random => [`ioctl(${device(random)}, VFIO_BIND_IOASID_FD, ctx);`],
  (random, spaces) => call(device(random), 'VFIO_ATTACH_IOASID', `.ioasid = ${pick(random, spaces, '1')};`),
  (random, spaces) => call(device(random), 'VFIO_ATTACH_IOASID', `.ioasid = ${pick(random, spaces, '1')};`),
  (random, spaces) => call(device(random), 'VFIO_DETACH_IOASID', `.ioasid = ${pick(random, spaces, '1')};`),
  (random, spaces) => map(random, pick(random, spaces, '1')),
  (random, spaces) => map(random, pick(random, spaces, '1')),
  (random, spaces) =>
    call(
      'ctx',
      'IOASID_UNMAP_DMA',
      `.ioasid = ${pick(random, spaces, '1')}; .iova = ${page(random, 8)}; .size = ${size(random)};`,
    ),
  random =>
    call('ctx', 'IOASID_REGISTER_MEMORY', `.vaddr = ${0x4000_0000 + random(64) * 0x10000}; .size = 64KB;`),
  random =>
    call('ctx', 'IOASID_UNREGISTER_MEMORY', `.vaddr = ${0x4000_0000 + random(64) * 0x10000}; .size = 64KB;`),
  (random, spaces) => [`ioctl(ctx, IOASID_FREE, ${pick(random, spaces, '1')});`],
  random => [`dma_write(dev${1 + random(3)}, ${page(random, 8)}, "x");`],
]

function call(fd: string, command: string, fields: string): readonly string[] {
  return [`arg = { ${fields} };`, `ioctl(${fd}, ${command}, &arg);`]
}

function map(random: Random, space: string): readonly string[] {
  const vaddr = random(3) === 0 ? page(random, 8) : `${0x4000_0000 + random(64) * 4096}`
  return call(
    'ctx',
    'IOASID_MAP_DMA',
    `.ioasid = ${space}; .iova = ${page(random, 8)}; .vaddr = ${vaddr}; .size = ${size(random)};`,
  )
}

/** The same text for the same seed. */
export function randomFlow(seed: number, statements: number): string {
  const random = generator(seed)
  const spaces: string[] = []
  const start = [0, 2, 2, 2, 3].flatMap(i => STATEMENTS[i]?.(random, spaces) ?? [])
  const body = Array.from(
    { length: statements },
    () => STATEMENTS[random(STATEMENTS.length)]?.(random, spaces) ?? [],
  )
  return `${HEAD}${[...start, ...body.flat()].join('\n')}\n`
}
