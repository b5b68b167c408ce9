/** What a program does beside ioctls, as flows say it. Expected: the C library's meaning of each, R14 for the limit. */
import { expect, it } from 'vitest'
import { createSession } from './session'

const HEAD = '#dialect vfio-type1\n#device dev1 pci 0000:00:03.0 group 1\n#memory 0x40000000 64KB\n'
const BEGIN = `container = open("/dev/vfio/vfio", O_RDWR);
group = open("/dev/vfio/1", O_RDWR);
ioctl(group, VFIO_GROUP_SET_CONTAINER, container);
ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
m = { .argsz = sizeof(m); .vaddr = 0x40000000; .iova = 0; .size = 0x1000; };
`

function held(lines: string): void {
  const { diagnostics, steps } = createSession(`${HEAD}${BEGIN}${lines}`)
  expect(diagnostics).toEqual([])
  const failed = steps.filter(step => step.call === 'expect' && step.ret !== 0)
  expect(failed.map(step => `${step.text}: ${step.message}`)).toEqual([])
  expect(steps.some(step => step.call === 'expect')).toBe(true)
}

it('dup gives another fd of the same file', () => {
  held(`again = dup(container);
expect(again > container);
close(container);
expect(ioctl(again, VFIO_IOMMU_MAP_DMA, &m) == 0);
expect(dup(99) == -EBADF);
`)
})

it('a device is bound through its open file, by whichever fd of it, until the last is closed (file.dup)', () => {
  const { ok, diagnostics } = createSession(`d = open("/dev/vfio/devices/dev1", mode);
f = open("/dev/ioasid", mode);
ioctl(d, VFIO_BIND_IOASID_FD, f);
g = ioctl(f, IOASID_ALLOC);
again = dup(d);
expect(ioctl(again, VFIO_ATTACH_IOASID, g) == 0);
close(d);
expect(ioctl(again, VFIO_DETACH_IOASID, g) == 0);
expect(ioctl(again, VFIO_ATTACH_IOASID, g) == 0);
other = open("/dev/vfio/devices/dev1", mode);
expect(other == d);
expect(ioctl(other, VFIO_DETACH_IOASID, g) == -EINVAL);
close(again);
expect(ioctl(f, IOASID_GET_INFO, g) == -ENODEV);
expect(ioctl(other, VFIO_BIND_IOASID_FD, f) == 0);`)
  expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
  expect(ok).toBe(true)
})

it('setrlimit limits what is charged, and munmap takes memory away from maps to come', () => {
  held(`setrlimit(4KB);
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == 0);
m.iova = 0x1000;
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == -ENOMEM);
setrlimit(64KB);
munmap(0x40000000, 0x1000);
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == -EFAULT);
expect(dma_read(dev1, 0, 1) != fault);
`)
})

it('fork makes a child with memory of its own, which _exit() ends', () => {
  held(`fork();
munmap(0x40000000, 0x1000);
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == -EFAULT);
_exit();
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == 0);
`)
})

it('setuid gives up what opening a device file needs (open.privilege)', () => {
  held(`setuid(65534);
expect(open("/dev/vfio/vfio", O_RDWR) == -EACCES);
expect(ioctl(container, VFIO_IOMMU_MAP_DMA, &m) == 0);
`)
})

it('memfd_create, write and poll answer as the file they are asked of', () => {
  held(`file = memfd_create(64KB);
expect(file > group);
expect(write(group, "00ff") == -ENOTTY);
expect(poll(group) == -ENOTTY);
`)
})

it.each([
  ['_exit();', 'only a child of fork() ends by _exit()'],
  ['munmap(0x40000001, 1);', 'whole pages'],
  ['write(group, "xyz");', 'two hexadecimal digits'],
])('%s is a mistake of its author', (line, message) => {
  const { diagnostics } = createSession(`${HEAD}${BEGIN}${line}\n`)
  expect(diagnostics.map(one => one.message).join()).toContain(message)
})
