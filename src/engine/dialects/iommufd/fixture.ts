/** For tests: an address space file of Linux, each call one line. */

import { openOther } from '../../kernel/files'
import type { OutValue } from '../contract'
import { type CallAnswer, dispatch, fileCall } from '../dispatch'
import { Bench, type BenchOptions, GIB } from '../fixture'
import { iommufd } from '.'

export type IoOptions = Omit<BenchOptions, 'dialect'>

export const MAP_RW = 6
export const FIXED = 1
export const PAGE = 0x1000n
/** What the test driver's addresses start with. */
export const MOCK = 0x100_0000n
export const SELFTEST = { data: 0xdead, type: 0xdeadbeef, events: 0xbeefbeef } as const

/** An open /dev/iommu; memory is 1 GiB at HVA 0x4000_0000, devices are dev1 and dev2. */
export class Io extends Bench {
  readonly fd: number

  constructor(options: IoOptions = {}) {
    super({ dialect: iommufd, ...options })
    this.fd = this.open('/dev/iommu')
  }

  /** A call on the address space file. */
  call(
    command: string,
    fields: Readonly<Record<string, bigint | number>> = {},
    bytes: Readonly<Record<string, Uint8Array>> = {},
  ): CallAnswer {
    return this.on(this.fd, command, fields, bytes)
  }

  on(
    fd: number,
    command: string,
    fields: Readonly<Record<string, bigint | number>> = {},
    bytes: Readonly<Record<string, Uint8Array>> = {},
  ): CallAnswer {
    return dispatch(this.machine, this.dialect, {
      fd: BigInt(fd),
      command,
      fields: new Map(Object.entries(fields).map(([name, value]) => [name, BigInt(value)])),
      bytes: new Map(Object.entries(bytes)),
      resultName: null,
    })
  }

  /** The output of a call that must succeed. */
  done(
    command: string,
    fields: Readonly<Record<string, bigint | number>> = {},
    bytes: Readonly<Record<string, Uint8Array>> = {},
  ): Readonly<Record<string, OutValue>> {
    const answer = this.call(command, fields, bytes)
    if (answer.errno !== null) throw new Error(`${command}: ${answer.errno} ${answer.message}`)
    return answer.out ?? {}
  }

  ioas(): number {
    return Number(this.done('IOMMU_IOAS_ALLOC').out_ioas_id)
  }

  map(ioas: number, iova: bigint, userVa = GIB, length = PAGE, flags = MAP_RW): CallAnswer {
    const fields = { ioas_id: ioas, iova, user_va: userVa, length, flags: FIXED | flags }
    return this.call('IOMMU_IOAS_MAP', fields)
  }

  /** The address that the kernel chooses, or the error number's name. */
  auto(ioas: number, userVa: bigint, length: bigint): bigint | string {
    const answer = this.call('IOMMU_IOAS_MAP', { ioas_id: ioas, user_va: userVa, length, flags: MAP_RW })
    return answer.errno ?? BigInt(answer.out?.iova as bigint)
  }

  unmap(ioas: number, iova: bigint, length = PAGE): CallAnswer {
    return this.call('IOMMU_IOAS_UNMAP', { ioas_id: ioas, iova, length })
  }

  copy(
    from: number,
    to: number,
    srcIova: bigint,
    dstIova: bigint,
    length = PAGE,
    flags = MAP_RW,
  ): CallAnswer {
    return this.call('IOMMU_IOAS_COPY', {
      ...{ src_ioas_id: from, dst_ioas_id: to, src_iova: srcIova, dst_iova: dstIova, length },
      flags: FIXED | flags,
    })
  }

  ranges(ioas: number, capacity = 8): CallAnswer {
    const allowed_iovas = GIB
    return this.call('IOMMU_IOAS_IOVA_RANGES', { ioas_id: ioas, num_iovas: capacity, allowed_iovas })
  }

  allow(ioas: number, ...spans: readonly (readonly [bigint, bigint])[]): CallAnswer {
    const bytes = new Uint8Array(spans.length * 16)
    const view = new DataView(bytes.buffer)
    for (const [at, [first, last]] of spans.entries()) {
      view.setBigUint64(at * 16, first, true)
      view.setBigUint64(at * 16 + 8, last, true)
    }
    const fields = { ioas_id: ioas, num_iovas: spans.length, allowed_iovas: GIB }
    return this.call('IOMMU_IOAS_ALLOW_IOVAS', fields, { allowed_iovas: bytes })
  }

  reserve(ioas: number, start: bigint, length: bigint): CallAnswer {
    return this.call('TEST_ADD_RESERVED', { ioas_id: ioas, start, length })
  }

  /** Opens and binds a device; answers its file and its number. */
  device(name: string): { readonly fd: number; readonly id: number } {
    const fd = this.open(`/dev/vfio/devices/${name}`)
    const answer = this.on(fd, 'VFIO_DEVICE_BIND_IOMMUFD', { iommufd: this.fd })
    if (answer.errno !== null) throw new Error(`bind ${name}: ${answer.message}`)
    return { fd, id: Number(answer.out?.out_devid) }
  }

  attach(fd: number, pt: number, pasid: number | null = null): CallAnswer {
    const tagged = pasid === null ? {} : { flags: 1, pasid }
    return this.on(fd, 'VFIO_DEVICE_ATTACH_IOMMUFD_PT', { pt_id: pt, ...tagged })
  }

  /** A device of the test driver on a table or an IOAS. */
  mock(pt: number, flags = 0): { readonly stdev: number; readonly hwpt: number; readonly dev: number } {
    const out = this.done('TEST_MOCK_DOMAIN', { pt_id: pt, dev_flags: flags })
    return { stdev: Number(out.out_stdev_id), hwpt: Number(out.out_hwpt_id), dev: Number(out.out_idev_id) }
  }

  hwpt(dev: number, pt: number, flags = 0, more: Readonly<Record<string, number>> = {}): CallAnswer {
    return this.call('IOMMU_HWPT_ALLOC', { dev_id: dev, pt_id: pt, flags, ...more })
  }

  /** A user's table of the test driver. */
  nested(dev: number, pt: number, flags = 0, more: Readonly<Record<string, number>> = {}): CallAnswer {
    const data = { data_type: SELFTEST.data, data_len: 8, data_uptr: Number(GIB) }
    const fields = { dev_id: dev, pt_id: pt, flags, ...data, ...more }
    return this.call('IOMMU_HWPT_ALLOC', fields, { data_uptr: words(0xbadbeef, 0) })
  }

  readFile(fd: number, len: number): CallAnswer {
    return fileCall(this.machine, iommufd, {
      name: 'read',
      fd: BigInt(fd),
      fields: new Map([['len', BigInt(len)]]),
    })
  }

  writeFile(fd: number, data: Uint8Array): CallAnswer {
    return fileCall(this.machine, iommufd, {
      name: 'write',
      fd: BigInt(fd),
      bytes: new Map([['data', data]]),
    })
  }

  pollFile(fd: number, events: number): CallAnswer {
    return fileCall(this.machine, iommufd, {
      name: 'poll',
      fd: BigInt(fd),
      fields: new Map([['events', BigInt(events)]]),
    })
  }

  /** Opens something that is no address space file. */
  other(path: string): number {
    const fd = openOther(this.machine, { kind: 'plain', path, name: path })
    if (!fd.ok) throw new Error(`open ${path}`)
    return fd.value
  }
}

/** Numbers of 32 bits, little-endian. */
export function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  for (const [at, value] of values.entries()) new DataView(bytes.buffer).setUint32(at * 4, value, true)
  return bytes
}
