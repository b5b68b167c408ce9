import { describe, expect, it } from 'vitest'
import { createSession } from './session'

const START = `#dialect rfc-v1
#device dev1 pci 0000:00:03.0
#memory 0x40000000 1MB
#policy prereg=none
device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd1, VFIO_ATTACH_IOASID, gpa_ioasid);
`
/** Appended to START, so line 10 is its first. */
const run = (text: string) => createSession(START + text)

describe('the lines of a step', () => {
  it('are its statement and the initialiser it passes', () => {
    const { steps } = run(`dma_map = { .ioasid = gpa_ioasid; .iova = 0;
            .vaddr = 0x40000000; .size = 4KB; };
/* between */
ioctl(ioasid_fd,
      IOASID_MAP_DMA, &dma_map);
`)
    expect(steps.at(-1)?.lines).toEqual([
      { first: 10, last: 11 },
      { first: 13, last: 14 },
    ])
    expect(steps[3]?.lines, 'a bare number is no struct').toEqual([{ first: 8, last: 8 }])
    expect(steps[4]?.lines).toEqual([{ first: 9, last: 9 }])
  })

  it('follow members that are set later, until the struct is written anew', () => {
    const { steps } = run(`m = { .ioasid = gpa_ioasid; .vaddr = 0x40000000; .size = 4KB };
m.iova = 0x1000;
ioctl(ioasid_fd, IOASID_MAP_DMA, &m);
m = { .ioasid = gpa_ioasid; .iova = 0x1000; .size = 4KB };
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &m);
`)
    expect(steps.at(-2)?.lines.map(range => range.first)).toEqual([10, 11, 12])
    expect(steps.at(-1)?.lines.map(range => range.first)).toEqual([13, 14])
  })
})

describe('a refusal', () => {
  const refused = (text: string) => {
    const session = run(text)
    return session.steps.filter(step => step.errno !== null).map(step => step.expected)
  }

  it('is expected where an expect around it holds', () => {
    expect(refused('expect(ioctl(ioasid_fd, IOASID_FREE, gpa_ioasid) == -EBUSY);\n')).toEqual([true])
    expect(refused('expect(ioctl(ioasid_fd, IOASID_FREE, gpa_ioasid) == -EINVAL);\n')).toEqual([false])
    expect(refused('ioctl(ioasid_fd, IOASID_FREE, gpa_ioasid);\n')).toEqual([false])
  })

  it('is expected where an expect of the name it was given to holds', () => {
    const kept = 'ret = ioctl(ioasid_fd, IOASID_FREE, gpa_ioasid);\nexpect(ret == -EBUSY);\n'
    expect(refused(kept)).toEqual([true])
    expect(refused(kept.replace('expect(ret', 'ret = -16;\nexpect(ret'))).toEqual([false])
    expect(refused(kept.replace('== -EBUSY', '== 0'))).toEqual([false])
  })
})

it('tells every alias with its place, and what is no code', () => {
  const { reading, text } = run('ioctl(ioasid_fd, IOASID_DMA_UNMAP, &m);\n'.replace('&m', '{ .ioasid = 1 }'))
  expect(reading.aliases.map(({ span, stands }) => [text.slice(span.from, span.to), stands])).toEqual([
    ['IOASID_DMA_UNMAP', 'IOASID_UNMAP_DMA'],
  ])
  const mail = run('As you can see this does nothing at all.\n')
  expect(mail.reading.skipped.map(({ line }) => line)).toEqual([10])
})
