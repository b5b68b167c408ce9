import { describe, expect, it } from 'vitest'
import { createSession } from './session'

const OPEN = `device_fd = open("/dev/vfio/devices/0000:06:0d.0", O_RDWR);
iommu_fd = open("/dev/iommu", O_RDWR);
`

describe('the dialect of a flow that opens /dev/iommu', () => {
  it('is the second proposal where a later call is only its own, though Linux knows the first one too', () => {
    const { scenario, ok, diagnostics } =
      createSession(`${OPEN}bind_data = { .iommu_fd = iommu_fd, .dev_cookie = 7 };
ioctl(device_fd, VFIO_DEVICE_BIND_IOMMUFD, &bind_data);
gpa_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC);`)
    expect(diagnostics.filter(one => one.severity === 'error')).toEqual([])
    expect([scenario.dialect, ok]).toEqual(['rfc-v2', true])
  })

  it("is Linux's where nothing but a call of both is in it", () => {
    const { scenario, steps } = createSession(`${OPEN}bind = { .iommufd = iommu_fd };
ioctl(device_fd, VFIO_DEVICE_BIND_IOMMUFD, &bind);`)
    expect([scenario.dialect, steps.at(-1)?.ret]).toEqual(['iommufd', 0])
  })
})
