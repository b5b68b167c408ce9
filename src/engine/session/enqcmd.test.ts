/** ENQCMD: the processor's table decides which PASID reaches the device (R40). */
import { describe, expect, it } from 'vitest'
import { createSession } from './session'

const START = `fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(fd1, VFIO_ATTACH_IOASID, gpa);
ioctl(ioasid_fd, IOASID_MAP_DMA, { .ioasid = gpa, .iova = 0, .vaddr = 0x40000000, .size = 1MB });
at = { .ioasid = gpa, .flag = IOASID_ATTACH_USER_PASID, .user_pasid = 3 };
ioctl(fd1, VFIO_ATTACH_IOASID, &at);
`
const MAP = 'ioctl(kvm_fd, KVM_MAP_PASID, { .ioasid_fd = ioasid_fd, .ioasid = gpa, .user_pasid = 3 });\n'

describe('enqcmd', () => {
  it('reaches the device with the number that KVM mapped, for a guessed device of type 8', () => {
    const session = createSession(`${START}${MAP}expect(enqcmd(dev1, 3, 0x1000) == 64);`)
    expect(session.diagnostics.filter(one => one.severity === 'error')).toEqual([])
    expect(session.ok).toBe(true)
    expect(session.assumptions.map(one => one.directive)).toContain('kvm_fd = open("/dev/kvm", O_RDWR);')
    const dma = session.explain(session.steps.length - 1).filter(event => event.kind === 'translated')
    expect(dma).toMatchObject([{ pasid: 1, iova: 0x1000n }])
  })

  it('enqcmd.not-mapped: leaves the guest where the processor has no entry', () => {
    const session = createSession(`${START}${MAP}expect(enqcmd(dev1, 4, 0) == -ENOENT);`)
    expect(session.ok).toBe(true)
    expect(session.steps.some(step => step.rule === 'enqcmd.not-mapped')).toBe(true)
  })

  it('enqcmd.unsupported: is not for a device without DMWr', () => {
    const plain = `#device dev1 pci 0000:00:03.0 pasid\n${START}${MAP}expect(enqcmd(dev1, 3, 0) == -EOPNOTSUPP);`
    const session = createSession(plain)
    expect(session.steps.at(-2)?.rule).toBe('enqcmd.unsupported')
    expect(session.ok).toBe(true)
  })
})
