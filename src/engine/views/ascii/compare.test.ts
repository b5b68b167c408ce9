import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../session/compare'
import { comparedText, compareText } from './compare'

const FLOW = `#dialect rfc-v1
#memory 0x40000000 1GB guest
fd = open("/dev/vfio/devices/dev1", O_RDWR);
ctx = open("/dev/ioasid", O_RDWR);
ioctl(fd, VFIO_BIND_IOASID_FD, ctx);
mem = { .vaddr = 0x40000000, .size = 1MB };
ioctl(ctx, IOASID_REGISTER_MEMORY, &mem);
gpa = ioctl(ctx, IOASID_ALLOC);
ioctl(fd, VFIO_ATTACH_IOASID, gpa);
ioctl(ctx, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1MB });
dma_write(fd, 0x1000, "x");
dma_read(fd, 0x1000, 1);
dma_read(fd, 0x40000000, 1);
`

describe('a comparison as text', () => {
  it('has a column for each choice, then the partings', () => {
    const prereg = { label: 'prereg=none', policy: { prereg: 'none' } }
    const text = compareText(compareRuns(FLOW, [{ label: 'as written' }, prereg, { label: 'again' }]))
    expect(text).toContain(
      'A  as written (rfc-v1 on vtd, 10 steps)\nB  prereg=none (rfc-v1 on vtd, 10 steps)\n',
    )
    expect(text).toMatch(/^calls +7 +7 +7$/m)
    expect(text).toMatch(/^references per DMA, cold +8 +8 +8$/m)
    expect(text).toContain(
      'B parts from A at step 4, line 7, by its answer: ioctl(ctx, IOASID_REGISTER_MEMORY',
    )
    expect(text).toContain('  A  0\n  B  -ENOTTY register.off\n')
    expect(text).toContain('C does what A does, at the same cost.')
  })

  it('tells a mean by two digits, and a mean of nothing by a dash', () => {
    expect([comparedText(8), comparedText(4.004), comparedText(22.967), comparedText(null)]).toEqual([
      '8',
      '4',
      '22.97',
      '-',
    ])
  })
})
