/** For tests: a container with the group of dev1 in it, and each call one line. */
import { toBytes } from '../../kernel/dma'
import type { CallAnswer } from '../dispatch'
import { dispatch } from '../dispatch'
import { Bench, type BenchOptions, GIB } from '../fixture'
import { vfioType1 } from './index'

export const VADDR = GIB
export const PAGE = 0x1000

type Numbers = Readonly<Record<string, bigint | number>>

export class Type1 {
  readonly bench: Bench
  readonly container: number

  constructor(options: Partial<BenchOptions> = {}) {
    this.bench = new Bench({
      dialect: vfioType1,
      params: { mode: 'legacy' },
      devices: [
        { name: 'dev1', group: 1 },
        { name: 'dev2', rid: '0000:00:04.0', group: 2 },
        { name: 'dev3', rid: '0000:00:04.1', group: 2 },
      ],
      ...options,
    })
    this.container = this.bench.open('/dev/vfio/vfio')
  }

  /** Opens a group and puts it into the container, or another one. */
  join(group: number, container = this.container): number {
    const fd = this.bench.open(`/dev/vfio/${group}`)
    this.bench.must(fd, 'VFIO_GROUP_SET_CONTAINER', { container })
    return fd
  }

  /** Group 1 in, and the driver of that version. Answers the group's fd. */
  begin(version: 1 | 2 = 2): number {
    const group = this.join(1)
    this.bench.must(this.container, 'VFIO_SET_IOMMU', { iommu_type: version === 1 ? 1 : 3 })
    return group
  }

  map(iova: number | bigint, size: number | bigint, more: Numbers = {}): string {
    return this.call('VFIO_IOMMU_MAP_DMA', { vaddr: VADDR, iova, size, ...more })
  }

  /** The bytes unmapped, or the errno. */
  unmap(iova: number | bigint, size: number | bigint, more: Numbers = {}): number | string {
    const answer = this.bench.ioctl(this.container, 'VFIO_IOMMU_UNMAP_DMA', { iova, size, ...more })
    return answer.errno ?? Number(answer.out?.size)
  }

  /** `ok`, or the rule that refused. */
  call(command: string, fields: Numbers = {}, fd = this.container): string {
    return this.bench.ioctl(fd, command, fields).rule ?? 'ok'
  }

  info(argsz: number): CallAnswer['out'] {
    return this.bench.ioctl(this.container, 'VFIO_IOMMU_GET_INFO', { argsz }).out
  }

  deviceFd(group: number, name: string): CallAnswer {
    return dispatch(this.bench.machine, vfioType1, {
      fd: BigInt(group),
      command: 'VFIO_GROUP_GET_DEVICE_FD',
      fields: new Map(),
      bytes: new Map([['name', toBytes(name)]]),
      resultName: 'device',
    })
  }
}
