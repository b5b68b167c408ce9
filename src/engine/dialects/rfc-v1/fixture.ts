/** For tests: the usual beginnings of a v1 flow. */
import { Bench, type BenchOptions, GIB } from '../fixture'
import { rfcV1 } from '.'

export type V1Options = Omit<BenchOptions, 'dialect'>

/** dev1 and dev2 bound to one context; `ctx`, `fd1` and `fd2` are their fds. */
export class V1 extends Bench {
  readonly fd1: number
  readonly fd2: number
  readonly ctx: number

  constructor(options: V1Options = {}) {
    super({ ...options, dialect: rfcV1 })
    const [first, second] = [...this.machine.root.devices.values()]
    this.fd1 = this.open(first?.path ?? '')
    this.fd2 = second === undefined ? -1 : this.open(second.path)
    this.ctx = this.open('/dev/ioasid')
    this.must(this.fd1, 'VFIO_BIND_IOASID_FD', { fd: this.ctx })
    if (this.fd2 >= 0) this.must(this.fd2, 'VFIO_BIND_IOASID_FD', { fd: this.ctx })
  }

  alloc(): number {
    return this.must(this.ctx, 'IOASID_ALLOC')
  }

  nest(parent: number): number {
    return this.must(this.ctx, 'IOASID_CREATE_NESTING', { ioasid: parent })
  }

  attach(fd: number, ioasid: number) {
    return this.ioctl(fd, 'VFIO_ATTACH_IOASID', { ioasid })
  }

  detach(fd: number, ioasid: number) {
    return this.ioctl(fd, 'VFIO_DETACH_IOASID', { ioasid })
  }

  attachPasid(fd: number, ioasid: number, pasid: number) {
    return this.ioctl(fd, 'VFIO_ATTACH_IOASID', { ioasid, flag: 1, user_pasid: pasid })
  }

  detachPasid(fd: number, ioasid: number, pasid: number) {
    return this.ioctl(fd, 'VFIO_DETACH_IOASID', { ioasid, flag: 1, user_pasid: pasid })
  }

  map(ioasid: number, iova: bigint, vaddr: bigint, size: bigint, flags?: bigint) {
    const fields = { ioasid, iova, vaddr, size, ...(flags === undefined ? {} : { flags }) }
    return this.ioctl(this.ctx, 'IOASID_MAP_DMA', fields)
  }

  unmap(ioasid: number, iova: bigint, size: bigint) {
    return this.ioctl(this.ctx, 'IOASID_UNMAP_DMA', { ioasid, iova, size })
  }

  register(vaddr: bigint, size: bigint) {
    return this.ioctl(this.ctx, 'IOASID_REGISTER_MEMORY', { vaddr, size })
  }

  unregister(vaddr: bigint, size: bigint) {
    return this.ioctl(this.ctx, 'IOASID_UNREGISTER_MEMORY', { vaddr, size })
  }
}

/** The same with both devices attached to a fresh root. */
export function attached(options: V1Options = {}): { readonly v1: V1; readonly gpa: number } {
  const v1 = new V1(options)
  const gpa = v1.alloc()
  for (const fd of [v1.fd1, v1.fd2]) if (fd >= 0) v1.attach(fd, gpa)
  return { v1, gpa }
}

/** Two devices that can do PASIDs, 20 bits, each alone in its group. */
export const WITH_PASIDS: V1Options = {
  devices: [
    { name: 'dev1', pasidBits: 20 },
    { name: 'dev2', rid: '0000:00:04.0', pasidBits: 20 },
  ],
}

export { GIB }
