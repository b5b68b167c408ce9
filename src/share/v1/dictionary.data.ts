/**
 * The words of flows, which both ends of a v1 link know and no link has to carry. FROZEN: a changed
 * character makes every v1 link unreadable, and a test holds its hash. Likelier words stand further down,
 * where it costs fewer bits to point at them. 7-bit, LF.
 */
export const DICTIONARY = `TEST_CMD IOMMU_TEST_OP_ADD_RESERVED IOMMU_TEST_OP_MOCK_DOMAIN IOMMU_TEST_OP_MD_CHECK_MAP
VFIO_GET_API_VERSION VFIO_CHECK_EXTENSION VFIO_SET_IOMMU VFIO_TYPE1_IOMMU VFIO_TYPE1v2_IOMMU VFIO_SPAPR_TCE_v2_IOMMU
VFIO_GROUP_GET_STATUS VFIO_GROUP_SET_CONTAINER VFIO_GROUP_UNSET_CONTAINER VFIO_GROUP_GET_DEVICE_FD
VFIO_IOMMU_GET_INFO VFIO_IOMMU_SPAPR_REGISTER_MEMORY VFIO_IOMMU_SPAPR_TCE_CREATE
container = open("/dev/vfio/vfio", O_RDWR);
group = open("/dev/vfio/12", O_RDWR);
map = { .argsz = sizeof(map), .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE, .vaddr = 0x40000000, .iova = 0, .size = 1GB };
ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
struct iommu_hw_queue_alloc IOMMU_HW_QUEUE_ALLOC .nesting_parent_iova = .out_hw_queue_id .index =
struct iommu_veventq_alloc IOMMU_VEVENTQ_ALLOC .veventq_depth = .out_veventq_id .out_veventq_fd
struct iommu_vdevice_alloc IOMMU_VDEVICE_ALLOC .viommu_id = viommu.out_viommu_id, .virt_id = .out_vdevice_id
struct iommu_viommu_alloc IOMMU_VIOMMU_ALLOC IOMMU_VIOMMU_TYPE_ARM_SMMUV3
struct iommu_fault_alloc IOMMU_FAULT_QUEUE_ALLOC .out_fault_id .out_fault_fd .fault_id = fault.out_fault_id
struct iommu_hwpt_invalidate IOMMU_HWPT_INVALIDATE .data_uptr = .entry_len = 24, .entry_num = 1,
IOMMU_HWPT_INVALIDATE_DATA_VTD_S1 IOMMU_HWPT_DATA_VTD_S1 IOMMU_HWPT_DATA_ARM_SMMUV3 IOMMU_HWPT_DATA_NONE .data_type = .data_len =
struct iommu_hwpt_get_dirty_bitmap IOMMU_HWPT_GET_DIRTY_BITMAP .page_size = 4KB, .data =
struct iommu_hwpt_set_dirty_tracking IOMMU_HWPT_SET_DIRTY_TRACKING IOMMU_HWPT_DIRTY_TRACKING_ENABLE
struct iommu_hw_info IOMMU_GET_HW_INFO .out_data_type .out_capabilities .out_max_pasid_log2
struct iommu_option IOMMU_OPTION IOMMU_OPTION_RLIMIT_MODE IOMMU_OPTION_HUGE_PAGES .option_id = .op = IOMMU_OPTION_OP_SET, .object_id = .val64 =
struct iommu_vfio_ioas IOMMU_VFIO_IOAS IOMMU_VFIO_IOAS_SET IOMMU_IOAS_CHANGE_PROCESS
struct iommu_ioas_map_file IOMMU_IOAS_MAP_FILE .start = .fd =
struct iommu_ioas_copy IOMMU_IOAS_COPY .dst_ioas_id = .src_ioas_id = .dst_iova = .src_iova =
struct iommu_ioas_allow_iovas IOMMU_IOAS_ALLOW_IOVAS struct iommu_ioas_iova_ranges IOMMU_IOAS_IOVA_RANGES .num_iovas = .allowed_iovas =
struct iommu_destroy IOMMU_DESTROY destroy = { .size = sizeof(destroy), .id = ioas.out_ioas_id };
struct vfio_device_detach_iommufd_pt VFIO_DEVICE_DETACH_IOMMUFD_PT VFIO_DEVICE_GET_INFO
#dialect   iommufd
iommufd = open("/dev/iommu", O_RDWR);
struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .flags = 0, .iommufd = iommufd };
bind = { .iommufd = iommufd };
ioctl(device_fd1, VFIO_DEVICE_BIND_IOMMUFD, &bind);
struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas);
ioctl(iommufd, IOMMU_IOAS_ALLOC, &alloc);
ioas_id = alloc.out_ioas_id;
struct iommu_hwpt_alloc hwpt = { .size = sizeof(hwpt), .flags = IOMMU_HWPT_ALLOC_NEST_PARENT, .dev_id = bind.out_devid, .pt_id = ioas.out_ioas_id };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &hwpt);
hwpt_id = hwpt.out_hwpt_id;
IOMMU_HWPT_ALLOC_DIRTY_TRACKING IOMMU_HWPT_FAULT_ID_VALID IOMMU_HWPT_ALLOC_PASID
struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach), .pt_id = hwpt.out_hwpt_id };
attach = { .pt_id = ioas.out_ioas_id };
ioctl(device_fd1, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach);
struct iommu_ioas_unmap unmap = { .size = sizeof(unmap), .ioas_id = ioas.out_ioas_id, .iova = 0, .length = 1GB };
ioctl(iommufd, IOMMU_IOAS_UNMAP, &unmap);
struct iommu_ioas_map map = { .size = sizeof(map), .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE, .ioas_id = ioas.out_ioas_id, .user_va = 0x40000000, .length = 1GB, .iova = 0 };
map = { .flags = 7, .ioas_id = ioas_id, .user_va = 0x40000000, .length = 4096, .iova = 0x1000 };
ioctl(iommufd, IOMMU_IOAS_MAP, &map);
ioctl(iommufd, IOMMU_DESTROY, &destroy);
#dialect   rfc-v2
IOMMU_CHECK_EXTENSION IOMMU_DEVICE_GET_INFO IOMMU_IOASID_FREE IOMMU_INVALIDATE_CACHE IOMMU_PAGE_RESPONSE
VFIO_DEVICE_BIND_IOMMUFD VFIO_DEVICE_ATTACH_IOASID IOMMU_IOASID_TYPE_KERNEL IOMMU_IOASID_TYPE_PREREG
IOMMU_IOASID_TYPE_DUMMY IOMMU_IOASID_TYPE_SVA IOMMU_IOASID_TYPE_PASSTHROUGH IOASID_ATTACH_VPASID
iommu_fd = open("/dev/iommu", mode);
bind_data = { .fd = iommu_fd; .cookie = cookie1; };
ioctl(device_fd1, VFIO_BIND_IOMMU_FD, &bind_data);
alloc_data = { .user_pgtable = false };
alloc_data = { .user_pgtable = true; .user_pasid_table = true; .parent = gpa_ioasid; .addr = giova_pgtable; .format = 0; .enforce_snoop = auto; };
gpa_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, &alloc_data);
giova_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, &alloc_data);
at_data = { .fd = iommu_fd; .ioasid = gpa_ioasid; .flag = IOASID_ATTACH_VPASID; .vpasid = gpasid1; };
ioctl(iommu_fd, IOMMU_MAP_DMA, &dma_map);
ioctl(iommu_fd, IOMMU_UNMAP_DMA, &dma_unmap);
inv_data = { .ioasid = giova_ioasid; .granularity = range; .cache = iotlb; };
h_put_tce(0x80000000, h_stuff_tce( h_put_tce_indirect(
viommu(dev2, giova_ioasid, shadow); viommu(dev1, gpa_ioasid, nested); viommu(dev1, gva_ioasid, mirror);
guest_pasid_set(pasid_table, 1, gva_pgtable);
page_response(dev1, success); page_response(dev1, invalid); page_response(dev1, failure);
enqcmd(dev1, 1, 0x1000);
dma_result(dev1)
close_all(); close(device_fd1); close(ioasid_fd);
munmap(0x40000000, 4KB); mmap(0x40000000, 1GB);
if (ret < 0) { } else true false and or not are both for
kvm_fd = open("/dev/kvm", mode); ioctl(kvm_fd, KVM_MAP_PASID, &pa_data); KVM_UNMAP_PASID
pa_data = { .ioasid_fd = ioasid_fd; .ioasid = gva_ioasid; .guest_pasid = gpasid1; .user_pasid = gpasid1; };
EXT_MAP_TYPE1V2 EXT_MAP_NEWTYPE EXT_IOASID_NESTING EXT_USER_PAGE_TABLE EXT_USER_PASID_TABLE EXT_MULTIDEV_GROUP EXT_DMA_NO_SNOOP EXT_DIRTY_TRACKING EXT_MEMORY_PREREG
IOASID_CHECK_EXTENSION IOASID_SET_PREREG IOASID_ENABLE IOASID_LOOKUP IOASID_PAGE_RESPONSE IOASID_SET_DIRTY IOASID_GET_DIRTY
-EADDRINUSE -EAGAIN -EBADF -EBADFD -EFAULT -ENODEV -ENOMEM -ENOSPC -ENOTTY -EOPNOTSUPP -EOVERFLOW -EPERM -EEXIST -ENOENT
#platform  smmuv3
#platform  amd-vi
#platform  papr
#window    0x80000000 start=0 size=1GB page=4K devices=dev1
#window    0x80000001 start=0x0800000000000000 size=64GB page=64K levels=2 devices=dev2
#memlock   64MB
#poke      0x1000 0x
#device    mdev1 mdev dev1 pasid=20 ats pri nosnoop type 8 path /dev/vfio/mdev/
#device    dev1 swmdev
#policy    activation=enable-call ready=any-time unmap=type1v2 iova-report=permitted parent-change=refuse
#policy    shadow-user-tables=shadow-on-invalidate pasid-routing=by-child pasid-table=delegated group=block-dma fault-target=cookie invalidate-scope=any-ioasid initial-attach=papr lookup=yes
#policy    prereg=none unmap=exact
#policy    prereg=ioas
#policy    prereg=command unmap=exact
#device    dev1 pci 0000:00:03.0 group 12 pasid ats pri
#device    dev2 pci 0000:00:03.1 group 12
the guest's own table: user-managed, nested under its parent; a fault is reported, the IOMMU walks both stages
note("The kernel keeps the merged shadow; nothing is accounted twice");
note("Memory that was not registered is refused");
note("The same address faults: unmapped, with the flush that takes");
note("What the device reads is what was written");
/* after boot: the guest turns its vIOMMU on for dev2 */
/* GIOVA 0x2000 -> GPA 0x1000: HVA 0x40001000 */
/* A device is opened, bound to an address space file and attached. */
/* Guest memory: GPA 0 is at HVA 0x40000000. */
/* pin and account guest RAM once */
prereg = ioctl(ioasid_fd, IOASID_ALLOC, &alloc);
rid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, prereg);
pasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, rid);
at_data = { .ioasid = rid };
at_data = { .ioasid = pasid };
bind_data = { .ioasid = giova_ioasid; .addr = giova_pgtable; .format = 0; };
ioctl(ioasid_fd, IOASID_BIND_PGTABLE, &bind_data);
ioctl(ioasid_fd, IOASID_UNBIND_PGTABLE, &bind_data);
ioctl(ioasid_fd, IOASID_BIND_PASID_TABLE, &bind_data);
ioctl(ioasid_fd, IOASID_UNBIND_PASID_TABLE, &bind_data);
ioctl(ioasid_fd, IOASID_INVALIDATE_CACHE, &inv_data);
guest_map(giova_pgtable, 0x2000, 0x1000, 4KB, "rw");
guest_unmap(giova_pgtable, 0x2000, 4KB);
gva_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
at_data = { .ioasid = gva_ioasid; .flag = IOASID_ATTACH_USER_PASID; .user_pasid = gpasid1; };
ioctl(ioasid_fd, IOASID_FREE, giova_ioasid);
ioctl(ioasid_fd, IOASID_GET_INFO, gpa_ioasid)
ioctl(device_fd1, VFIO_UNBIND_IOASID_FD, ioasid_fd);
mem = { .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_UNREGISTER_MEMORY, &mem);
ioctl(ioasid_fd, IOASID_REGISTER_MEMORY, &mem);
#title     Two devices, one address space
#dialect   rfc-v1
#platform  vtd
#device    dev1 pci 0000:00:03.0
#device    dev2 pci 0000:00:04.0
#memory    0x40000000 1GB guest

device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
device_fd2 = open("/dev/vfio/devices/dev2", O_RDWR);
ioasid_fd = open("/dev/ioasid", O_RDWR);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
ioctl(device_fd2, VFIO_BIND_IOASID_FD, ioasid_fd);
device_fd1 = open("/dev/vfio/devices/dev1", mode);
device_fd2 = open("/dev/vfio/devices/dev2", mode);
ioasid_fd = open("/dev/ioasid", mode);

giova_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
giova_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd2, VFIO_DETACH_IOASID, &at_data);
at_data = { .ioasid = giova_ioasid };
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
ioctl(device_fd2, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
dma_unmap = { .ioasid = gpa_ioasid; .iova = 0; .size = 1GB; };
ioctl(ioasid_fd, IOASID_UNMAP_DMA, &dma_unmap);
expect(ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map) == -EBUSY);
expect(ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map) == -EINVAL);
expect(dma_unmap.size == 1GB);
note("
dma_map = { .ioasid = giova_ioasid; .iova = 0x2000; .vaddr = 0x40001000; .size = 4KB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
dma_write(dev1, 0x1000, "hello");
expect(dma_read(dev1, 0x1000, 5) == "hello");
expect(dma_read(dev2, 0x2000, 1) == fault);
\u0001{"step":12,"select":"space:2","tab":"table","entry":"","centre":"outline","zoom":[0,0,1],"breaks":[{"kind":"line","value":1}],"pins":["device:dev1"],"notes":[{"step":1,"text":"
`
