import { describe, expect, it } from 'vitest'
import { createSession } from './session'

describe('a device that is guessed', () => {
  it('can do PASIDs where the flow asks for one', () => {
    const session = createSession(`fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
at = { .ioasid = gpa, .flag = IOASID_ATTACH_USER_PASID, .user_pasid = 3 };
expect(ioctl(fd1, VFIO_ATTACH_IOASID, &at) == 0);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 4KB });
dma_write(dev1, 0, "tagged", 3);
expect(dma_read(dev1, 0, 6, 3) == "tagged");
expect(dma_read(dev1, 0, 6) == fault);`)
    expect(session.ok).toBe(true)
    expect(session.assumptions.some(one => one.directive === '#device dev1 pci 0000:00:03.0 pasid')).toBe(
      true,
    )
  })
})
