/** Flows for the tests of links: the ones that come with the page, and made ones of any length. */
import { readdirSync, readFileSync } from 'node:fs'

const SCENARIOS = new URL('../scenarios/', import.meta.url).pathname

export const scenarioTexts: readonly (readonly [name: string, text: string])[] = readdirSync(SCENARIOS)
  .filter(name => name.endsWith('.flow'))
  .sort()
  .map(name => [name, readFileSync(SCENARIOS + name, 'utf8')])

/** Numerical Recipes' generator: the same flows in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return sides => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const PROLOGUE = `#title     A long one
#platform  vtd
#device    dev1 pci 0000:00:03.0
#memory    0x40000000 1GB guest

device_fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
`
const PROLOGUE_STEPS = 5

/** A flow of so many steps at random pages: half maps, the rest unmaps and reads. */
export function madeFlow(steps: number, seed = 1): string {
  const roll = dice(seed)
  const page = (pages: number) => roll(pages) * 4096
  const hex = (n: number) => `0x${n.toString(16)}`
  const kinds = [
    () =>
      `dma_map = { .ioasid = gpa_ioasid; .iova = ${hex(page(16384))}; .vaddr = ${hex(0x40000000 + page(8192))}; .size = ${4 * (1 + roll(8))}KB; };\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\n`,
    () =>
      `dma_unmap = { .ioasid = gpa_ioasid; .iova = ${hex(page(16384))}; .size = 4KB; };\nioctl(ioasid_fd, IOASID_UNMAP_DMA, &dma_unmap);\n`,
    () => `expect(dma_read(dev1, ${hex(page(16384))}, 1) == fault);\n`,
  ]
  const order = [0, 0, 1, 2]
  let text = PROLOGUE
  for (let n = PROLOGUE_STEPS; n < steps; n++) text += kinds[order[roll(4)] ?? 0]?.() ?? ''
  return text
}
