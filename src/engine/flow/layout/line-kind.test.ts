import { describe, expect, it } from 'vitest'
import { SHAPE_WORDS } from '../words/shape-words'
import { lineKind, startsStatement } from './line-kind'

describe('what a line is', () => {
  it.each([
    ['blank', '  \t'],
    ['hash', '#define X _IO(A, 1)'],
    ['snip', '  [...]'],
    ['snip', '<snip>'],
    ['code', '\tioctl(fd, IOASID_ALLOC);'],
    ['code', 'x = 5'],
    ['code', 'p->iova = 1;'],
    ['code', 'device_fd[1...N] = open("x", mode);'],
    ['code', '\t.iova\t= 0;\t\t// GPA'],
    ['code', '}'],
    ['code', '};'],
    ['code', 'if (ret < 0)'],
    ['code', 'struct iommu_ioas_alloc x = {'],
    ['code', 'int ret;'],
    ['code', 'goto err;'],
    ['code', 'return -EINVAL;'],
    ['code', 'iotcl(fd, IOASID_ALLOC)'],
    ['code', 'foo(a, b);'],
    ['declaration', 'int ioasid_register_device(struct ioasid_ctx *ctx, struct ioasid_dev *dev);'],
    ['declaration', 'struct ioasid_data {'],
    ['prose', 'The guest then boots.'],
    ['prose', 'if the device is an mdev, say so'],
    ['prose', 'vPASIDs are directly programmed by the guest to the assigned MMIO'],
    ['prose', 'pasid, addr};'],
    ['prose', '.. if not SW mediated'],
    ['prose', 's/after boots/after boot'],
    ['prose', 'When it is done IOASID_MAP_DMA is called.'],
    ['prose', '-    v==p for pdev;'],
    ['prose', 'gpa_ioasid[1...N]: \tfor the GPA space'],
    ['prose', 'ioctl() to complete the fault'],
    ['prose', 'long writing due to many things'],
    ['prose', 'iommufd_bind_device(int fd, struct device *dev,'],
    ['call-in-prose', 'The monitor then calls ioctl(fd, IOASID_ALLOC) again.'],
  ])('%s: %s', (kind, line) => {
    expect(lineKind(line, SHAPE_WORDS)).toBe(kind)
  })

  it.each(['x = 1;', 'ioctl(fd, X);', 'if (a) {', 'int fd = open("x", mode);'])(
    '%s starts a statement',
    line => {
      expect(startsStatement(line, SHAPE_WORDS)).toBe(true)
    },
  )

  it.each([
    'gpa_ioasid);',
    '.iova = 0;',
    '}',
    'and so on',
    'u32 dev_cookie);',
    'ioctl() to complete the fault',
  ])('%s does not', line => {
    expect(startsStatement(line, SHAPE_WORDS)).toBe(false)
  })
})
