/** For tests: a machine to call, without the flow language. */
import { platformById } from '../hw'
import { closeAll, closeFile } from '../kernel/close'
import { addDevice, type DeviceSpec } from '../kernel/devices'
import { dmaRead, dmaWrite } from '../kernel/dma'
import type { BackingPages } from '../kernel/host-pages'
import { Machine, type MachineLimits } from '../kernel/machine'
import { answer } from '../kernel/outcome'
import { addMemory } from '../kernel/process-memory'
import type { DmaOutcome } from '../kernel/state'
import { createBulk } from '../mem'
import type { Dialect } from './contract'
import { type CallAnswer, dispatch, runCall } from './dispatch'
import { openPath } from './open'

export interface BenchOptions {
  readonly dialect: Dialect
  readonly platform?: string
  readonly params?: Readonly<Record<string, string>>
  readonly windows?: Parameters<NonNullable<ReturnType<typeof platformById>>['configure']>[1]
  readonly owners?: MachineLimits['windows']
  readonly policy?: Readonly<Record<string, string>>
  readonly devices?: readonly (Partial<DeviceSpec> & { readonly name: string })[]
  /** 1 GiB at HVA 0x4000_0000 unless told. */
  readonly memory?: readonly { hva: bigint; size: bigint; pages?: BackingPages; readOnly?: boolean }[]
  readonly memlockPages?: number
  readonly guestRam?: MachineLimits['guestRam']
}

export const GIB = 1n << 30n

const DEVICE: DeviceSpec = {
  name: '',
  kind: 'pci',
  rid: '0000:00:03.0',
  path: null,
  parent: null,
  type: null,
  group: null,
  pasidBits: null,
  ats: false,
  pri: false,
}

/** A machine with devices dev1 and dev2 unless told, each call one line. */
export class Bench {
  readonly machine: Machine
  readonly dialect: Dialect

  constructor(options: BenchOptions) {
    this.dialect = options.dialect
    const platform = platformById(options.platform ?? 'vtd')
    if (platform === null) throw new Error('no such platform')
    const configured = platform.configure(options.params ?? {}, options.windows ?? [])
    if ('problem' in configured) throw new Error(configured.problem)
    const knobs = Object.fromEntries(this.dialect.knobs.map(knob => [knob.key, knob.default]))
    this.machine = new Machine({
      bulk: createBulk(),
      platform,
      hwConfig: configured.config,
      policy: { ...knobs, ...options.policy },
      limits: {
        memlockPages: options.memlockPages ?? null,
        guessMemory: false,
        guessDevices: null,
        guestRam: options.guestRam ?? [],
        windows: options.owners ?? [],
      },
    })
    const devices = options.devices ?? [{ name: 'dev1' }, { name: 'dev2', rid: '0000:00:04.0' }]
    for (const device of devices) addDevice(this.machine, { ...DEVICE, ...device })
    for (const memory of options.memory ?? [{ hva: GIB, size: GIB }])
      addMemory(this.machine, { pages: '2M', guest: false, readOnly: false, ...memory })
  }

  /** Opens a path and answers the fd; throws where it is refused. */
  open(path: string): number {
    const opened = this.tryOpen(path)
    if (opened.errno !== null) throw new Error(`open ${path}: ${opened.message}`)
    return opened.ret
  }

  tryOpen(path: string): CallAnswer {
    return runCall(this.machine, this.dialect, { name: 'open', args: { path } }, () => {
      const fd = openPath(this.machine, this.dialect, path, path)
      return fd.ok ? answer({ ret: fd.value, out: null }) : fd
    })
  }

  close(fd: number): boolean {
    return closeFile(this.machine, BigInt(fd)).ok
  }

  closeAll(): void {
    closeAll(this.machine)
  }

  /** One ioctl. */
  ioctl(fd: number, command: string, fields: Readonly<Record<string, bigint | number>> = {}): CallAnswer {
    const numbers = new Map(Object.entries(fields).map(([name, value]) => [name, BigInt(value)]))
    return dispatch(this.machine, this.dialect, {
      fd: BigInt(fd),
      command,
      fields: numbers,
      resultName: null,
    })
  }

  /** One ioctl that must not be refused; answers what it returns. */
  must(fd: number, command: string, fields: Readonly<Record<string, bigint | number>> = {}): number {
    const answered = this.ioctl(fd, command, fields)
    if (answered.errno !== null) throw new Error(`${command}: ${answered.message}`)
    return answered.ret
  }

  write(device: string, address: bigint, text: string, pasid: number | null = null): DmaOutcome {
    const bytes = Uint8Array.from(text, letter => letter.charCodeAt(0))
    return dmaWrite(this.machine, { device: this.machine.device(device), address, pasid }, bytes)
  }

  /** What the device reads, or the code of its fault. */
  read(device: string, address: bigint, length = 1, pasid: number | null = null): string {
    const outcome = dmaRead(this.machine, { device: this.machine.device(device), address, pasid }, length)
    if (outcome.ok) return outcome.data ?? ''
    return outcome.pending ? 'pending' : `fault ${outcome.fault.code}`
  }
}
