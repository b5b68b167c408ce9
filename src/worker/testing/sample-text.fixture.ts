/** A flow of two devices, as written in a test; its answers are in sample-engine.ts. */
export const SAMPLE_TEXT = `#title     Multiple IOASIDs (no nesting)
#dialect   rfc-v1
#platform  vtd
#device    dev1 pci 0000:00:03.0
#device    dev2 pci 0000:00:04.0
#memory    0x40000000 1GB guest

device_fd1 = open("/dev/vfio/devices/dev1", mode);
device_fd2 = open("/dev/vfio/devices/dev2", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);

/* pin and account guest RAM once */
mem = { .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_REGISTER_MEMORY, &mem);

gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = gpa_ioasid; .iova = 0;
            .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_DMA_MAP, &dma_map);
/* BAR 0 of dev1, for peer-to-peer */
dma_map = { .ioasid = gpa_ioasid; .iova = 0xfd000000;
            .vaddr = 0x7f2000000000; .size = 16KB; };
ioctl(ioasid_fd, IOASID_DMA_MAP, &dma_map);

/* after boot: guest vIOMMU on for dev2 */
giova_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd2, VFIO_DETACH_IOASID, &at_data);
at_data = { .ioasid = giova_ioasid };
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
/* GIOVA 0x2000 -> GPA 0x1000 -> HVA 0x40001000 */
dma_map = { .ioasid = giova_ioasid; .iova = 0x2000;
            .vaddr = 0x40001000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_DMA_MAP, &dma_map);
`
