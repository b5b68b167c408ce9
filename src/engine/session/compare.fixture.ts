/** A device that maps guest memory and does three DMAs, the last of which misses. */
export const FLOW = `#dialect rfc-v1
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
