import { describe, expect, it } from 'vitest'
import { completionsAt } from './complete'
import { helpAt } from './help'

const FLOW = `#dialect   rfc-v1
#platform  vtd levels=3
#device    dev1 pci 0000:00:03.0 pasid
#policy    iova-report=permitted unmap=exact
device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
dma_map = { .ioasid = 1; .iova = 0;
            .vaddr = 0x40000000; .size = 4KB };
// IOASID_MAP_DMA in a comment
ioctl(ioasid_fd, IOASID_DMA_MAP, &dma_map);
ioctl(device_fd1, VFIO_ATTACH_IOASID, { .ioasid = 1; .guest_pasid = 5 });
dma_map.size = 8KB;
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &dma_map);
expect(dma_read(dev1, 0, 1) == fault);
`

/** The card at the middle of the nth place where a word stands. */
function at(word: string, nth = 1) {
  let from = -1
  for (let i = 0; i < nth; i++) from = FLOW.indexOf(word, from + 1)
  const found = helpAt(FLOW, from + Math.ceil(word.length / 2), null)
  return found === null ? null : { ...found.card, word: FLOW.slice(found.from, found.to) }
}

describe('the card of what stands at a place', () => {
  it.each([
    ['dialect', 1, 'directive'],
    ['rfc-v1', 1, 'dialect'],
    ['vtd', 1, 'platform'],
    ['levels', 1, 'option'],
    ['pasid', 1, 'option'],
    ['iova-report', 1, 'knob'],
    ['permitted', 1, 'value'],
    ['/dev/vfio/devices/dev1', 1, 'file'],
    ['O_RDWR', 1, 'constant'],
    ['IOASID_DMA_MAP', 1, 'command'],
    ['expect', 1, 'function'],
    ['dma_read', 1, 'function'],
    ['fault', 1, 'function'],
  ])('%s, place %i, is a %s', (word, nth, kind) => {
    expect(at(word, nth)).toMatchObject({ word, kind })
  })

  it('says what an alias stands for', () => {
    expect(at('IOASID_DMA_MAP')?.rows).toContainEqual({ label: 'Read as', text: 'IOASID_MAP_DMA' })
    expect(at('guest_pasid')?.rows).toContainEqual({ label: 'Read as', text: '.user_pasid' })
  })

  it('knows whose field it is from the call that uses the struct', () => {
    expect(at('vaddr')?.rows).toContainEqual({ label: 'Of', text: 'IOASID_MAP_DMA' })
    expect(at('guest_pasid')?.rows).toContainEqual({ label: 'Of', text: 'VFIO_ATTACH_IOASID' })
    expect(at('size', 2)?.rows).toContainEqual({ label: 'Of', text: 'IOASID_UNMAP_DMA' })
  })

  it('is silent in comments and about names of the flow', () => {
    expect(at('IOASID_MAP_DMA')).toBeNull()
    expect(at('dma_map')).toBeNull()
  })

  it('never throws, whatever the text', () => {
    for (let i = 0; i <= FLOW.length; i++) {
      const cut = FLOW.slice(0, i)
      const asked = () => [
        helpAt(cut, i, null),
        completionsAt(cut, i, null),
        helpAt(FLOW.slice(i), 0, 'no such dialect'),
      ]
      expect(asked, `${i}`).not.toThrow()
    }
  })
})

/** What is offered at the mark `|`. */
function offered(text: string): readonly string[] {
  const offset = text.indexOf('|')
  const found = completionsAt(text.replace('|', ''), offset, null)
  return found?.options.map(({ label }) => label) ?? []
}

describe('what may be typed next', () => {
  it('in a call, the commands of the file that the fd is', () => {
    const context = offered('ioasid_fd = open("/dev/ioasid", O_RDWR);\nioctl(ioasid_fd, IOASID_|')
    expect(context).toContain('IOASID_ALLOC')
    expect(context).not.toContain('VFIO_ATTACH_IOASID')
    const device = offered('fd1 = open("/dev/vfio/devices/dev1", mode);\nioctl(fd1, |')
    expect(device).toContain('VFIO_ATTACH_IOASID')
    expect(device).not.toContain('IOASID_ALLOC')
    expect(offered('expect(h_put_tce(1, 0, 3) == |')).toEqual(expect.arrayContaining(['H_SUCCESS', 'EINVAL']))
    expect(offered('ioctl(x, |')).toEqual(expect.arrayContaining(['VFIO_ATTACH_IOASID', 'IOASID_ALLOC']))
  })

  it('in a struct, the fields of the command that uses it', () => {
    expect(offered('m = { .| };\nioctl(fd, IOASID_UNMAP_DMA, &m);')).toEqual(['ioasid', 'iova', 'size'])
    expect(offered('ioctl(fd, IOASID_REGISTER_MEMORY, { .vaddr = 1; .| });')).toEqual(['vaddr', 'size'])
    expect(offered('m.|\nioctl(fd, IOASID_UNMAP_DMA, &m);')).toEqual(['ioasid', 'iova', 'size'])
    expect(offered('m = { .| };').length).toBeGreaterThan(10)
  })

  it('in directives, their words and values', () => {
    expect(offered('#|')).toEqual(expect.arrayContaining(['dialect', 'policy', 'device']))
    expect(offered('#dialect |')).toContain('rfc-v1')
    expect(offered('#platform |')).toEqual(expect.arrayContaining(['vtd', 'papr']))
    expect(offered('#platform vtd levels=|')).toEqual(['4', '3', '5'])
    expect(offered('#policy |')).toContain('unmap')
    expect(offered('#policy unmap=|')).toEqual(expect.arrayContaining(['exact', 'type1v2']))
    expect(offered('#device dev1 |')).toEqual(expect.arrayContaining(['pci', 'pasid', 'group']))
    expect(offered('#memory 0 1GB pages=|')).toEqual(['4K', '2M', '1G', 'scattered'])
  })

  it('in a path, the files and the devices there are', () => {
    expect(offered('#device dev7 swmdev\nfd = open("|')).toEqual(
      expect.arrayContaining(['/dev/ioasid', '/dev/vfio/devices/dev7']),
    )
  })

  it('elsewhere, functions, devices where one is due, and names of the flow', () => {
    expect(offered('gpa = 1;\n|')).toEqual(expect.arrayContaining(['ioctl', 'dma_read', 'gpa']))
    expect(offered('#device dev7 swmdev\ndma_read(|')).toContain('dev7')
    expect(offered('#device dev7 swmdev\ndma_read(dev7, |')).not.toContain('dev7')
    expect(offered('x = 1;\nexpect(x == -|')).toContain('EBUSY')
    expect(offered('later = 1;\n'.replace('later', '|x'))).not.toContain('later')
    expect(offered('// |')).toEqual([])
  })
})
