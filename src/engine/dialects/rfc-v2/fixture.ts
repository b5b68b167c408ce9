/** For tests: the usual beginnings of a v2 flow. */
import { Bench, type BenchOptions, GIB } from '../fixture'
import { rfcV2 } from '.'

export type V2Options = Omit<BenchOptions, 'dialect'>

type Fields = Readonly<Record<string, bigint | number>>

/** dev1 and dev2 bound to one context under cookies 0x11 and 0x22; `ctx`, `fd1` and `fd2` are their fds. */
export class V2 extends Bench {
  readonly fd1: number
  readonly fd2: number
  readonly ctx: number

  constructor(options: V2Options = {}) {
    super({ ...options, dialect: rfcV2 })
    const [first, second] = [...this.machine.root.devices.values()]
    this.fd1 = this.open(first?.path ?? '')
    this.fd2 = second === undefined ? -1 : this.open(second.path)
    this.ctx = this.open('/dev/iommu')
    this.must(this.fd1, 'VFIO_BIND_IOMMU_FD', { fd: this.ctx, cookie: 0x11 })
    if (this.fd2 >= 0) this.must(this.fd2, 'VFIO_BIND_IOMMU_FD', { fd: this.ctx, cookie: 0x22 })
  }

  alloc(attributes: Fields = {}): number {
    return this.must(this.ctx, 'IOMMU_IOASID_ALLOC', attributes)
  }

  attach(fd: number, ioasid: number, more: Fields = {}) {
    return this.ioctl(fd, 'VFIO_ATTACH_IOASID', { fd: this.ctx, ioasid, ...more })
  }

  detach(fd: number, ioasid: number, more: Fields = {}) {
    return this.ioctl(fd, 'VFIO_DETACH_IOASID', { fd: this.ctx, ioasid, ...more })
  }

  map(ioasid: number, iova: bigint, vaddr: bigint, size: bigint) {
    return this.ioctl(this.ctx, 'IOMMU_MAP_DMA', { ioasid, iova, vaddr, size })
  }

  unmap(ioasid: number, iova: bigint, size: bigint) {
    return this.ioctl(this.ctx, 'IOMMU_UNMAP_DMA', { ioasid, iova, size })
  }
}

/** The same with both devices attached to a fresh root. */
export function attached(options: V2Options = {}): { readonly v2: V2; readonly gpa: number } {
  const v2 = new V2(options)
  const gpa = v2.alloc()
  for (const fd of [v2.fd1, v2.fd2]) if (fd >= 0) v2.attach(fd, gpa)
  return { v2, gpa }
}

export { GIB }
