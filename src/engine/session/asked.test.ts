import { describe, expect, it } from 'vitest'
import { createSession } from './session'

describe('a device that is guessed', () => {
  it('is what the flow that runs needs, not what another of the paste does', () => {
    const first = `5.1. One
+++
fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);`
    const second = `5.2. Two
+++
fd1 = open("/dev/vfio/devices/dev1", mode);
ioctl(kvm_fd, KVM_MAP_PASID, { .user_pasid = 1 });`
    const directives = (text: string) => createSession(text).assumptions.map(one => one.directive)
    expect(directives(`${first}\n${second}`)).toContain('#device dev1 pci 0000:00:03.0')
    expect(directives(`#section 5.2\n${first}\n${second}`).join('\n')).toMatch(/#device dev1 mdev .*type 8/)
  })

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
