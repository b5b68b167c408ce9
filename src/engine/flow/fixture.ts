/**
 * For tests: a small vocabulary shaped as the two proposals and mainline are, and a machine that answers
 * every call with the next number, so that what the language does shows alone.
 */
import type {
  CommandWord,
  DialectWords,
  FieldWord,
  Operation,
  OperationResult,
  Program,
  Role,
  RunnerOptions,
  Value,
  Vocabulary,
} from '.'
import { createRunner } from '.'

const field = (name: string, role: Role, ...aliases: string[]): FieldWord => ({
  name,
  role,
  aliases,
  doc: '',
})

interface Row {
  readonly name: string
  readonly file?: CommandWord['file']
  readonly argument?: CommandWord['argument']
  readonly bare?: string
  readonly aliases?: readonly string[]
  readonly fields?: readonly FieldWord[]
}

const command = ({
  name,
  file = 'context',
  argument = 'struct',
  bare,
  aliases = [],
  fields = [],
}: Row): CommandWord => ({
  name,
  aliases,
  file,
  argument,
  bareField: bare ?? null,
  fields,
  doc: '',
})

const IOASID = field('ioasid', 'ioasid')
const IOVA = field('iova', 'iova')
const VADDR = field('vaddr', 'vaddr')
const SIZE = field('size', 'size')
const FLAGS = field('flags', 'flags')
const ADDR = field('addr', 'table-address', 'address')
const COOKIE = field('cookie', 'cookie', 'device_cookie', 'dev_cookie')
const FD = field('fd', 'context-fd', 'iommu_fd', 'ioasid_fd')
const PASID = field('user_pasid', 'pasid', 'guest_pasid', 'vpasid')
const FLAG = field('flag', 'flags', 'flags')

const deviceFiles = [
  { kind: 'device', path: '/dev/vfio/devices/', prefix: true },
  { kind: 'device', path: '/dev/vfio/pci/', prefix: true },
] as const

const kvm = ['KVM_MAP_PASID', 'KVM_UNMAP_PASID'].map(name =>
  command({ name, file: 'kvm', fields: [field('ioasid_fd', 'context-fd', 'iommu_fd'), IOASID, PASID] }),
)

const attachments = (aliases: readonly string[]): CommandWord[] =>
  ['ATTACH', 'DETACH'].map((verb, i) =>
    command({
      name: `VFIO_${verb}_IOASID`,
      aliases: aliases.slice(i, i + 1),
      file: 'device',
      argument: 'either',
      bare: 'ioasid',
      fields: [IOASID, FD, FLAG, PASID],
    }),
  )

const V1: DialectWords = {
  id: 'rfc-v1',
  title: 'first proposal',
  files: [
    { kind: 'context', path: '/dev/ioasid', prefix: false },
    { kind: 'kvm', path: '/dev/kvm', prefix: false },
    ...deviceFiles,
  ],
  commands: [
    command({
      name: 'IOASID_CHECK_EXTENSION',
      argument: 'value',
      bare: 'extension',
      fields: [field('extension', 'extension')],
    }),
    command({ name: 'IOASID_REGISTER_MEMORY', fields: [VADDR, SIZE] }),
    command({ name: 'IOASID_UNREGISTER_MEMORY', fields: [VADDR, SIZE] }),
    command({ name: 'IOASID_ALLOC', argument: 'either', bare: 'type', fields: [field('type', 'number')] }),
    command({ name: 'IOASID_FREE', argument: 'value', bare: 'ioasid', fields: [IOASID] }),
    command({ name: 'IOASID_GET_INFO', argument: 'either', bare: 'ioasid', fields: [IOASID] }),
    command({
      name: 'IOASID_MAP_DMA',
      aliases: ['IOASID_DMA_MAP'],
      fields: [IOASID, IOVA, VADDR, SIZE, FLAGS],
    }),
    command({ name: 'IOASID_UNMAP_DMA', aliases: ['IOASID_DMA_UNMAP'], fields: [IOASID, IOVA, SIZE] }),
    command({ name: 'IOASID_CREATE_NESTING', argument: 'value', bare: 'ioasid', fields: [IOASID] }),
    command({ name: 'IOASID_BIND_PGTABLE', fields: [IOASID, ADDR, field('format', 'format')] }),
    command({ name: 'IOASID_BIND_PASID_TABLE', fields: [IOASID, ADDR, field('format', 'format')] }),
    command({ name: 'IOASID_INVALIDATE_CACHE', fields: [IOASID, field('iova', 'iova', 'addr'), SIZE] }),
    command({
      name: 'VFIO_BIND_IOASID_FD',
      aliases: ['VFIO_BIND_IOMMU_FD'],
      file: 'device',
      argument: 'either',
      bare: 'fd',
      fields: [FD, COOKIE],
    }),
    ...attachments([]),
    ...kvm,
  ],
  constants: { IOASID_ATTACH_USER_PASID: 1n, EXT_MAP_TYPE1V2: 1n },
  tells: { paths: ['/dev/ioasid'], commands: ['IOASID_ALLOC', 'IOASID_MAP_DMA', 'IOASID_CREATE_NESTING'] },
  knobs: [
    { key: 'prereg', title: '', values: ['command', 'ioas', 'none'], default: 'command', argued: '' },
    {
      key: 'unmap',
      title: '',
      values: ['exact', 'type1v2', 'type1', 'iommufd'],
      default: 'exact',
      argued: '',
    },
  ],
  prelude: [
    { name: /^ioasid_fd$/, lines: ['ioasid_fd = open("/dev/ioasid", mode);'] },
    {
      name: /^device_fd$/,
      lines: [
        'device_fd = open("/dev/vfio/devices/dev1", mode);',
        'ioctl(device_fd, VFIO_BIND_IOASID_FD, ioasid_fd);',
      ],
    },
    { name: /^gpa_ioasid$/, lines: ['gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);'] },
  ],
}

const V2: DialectWords = {
  id: 'rfc-v2',
  title: 'second proposal',
  files: [
    { kind: 'context', path: '/dev/iommu', prefix: false },
    { kind: 'kvm', path: '/dev/kvm', prefix: false },
    ...deviceFiles,
  ],
  commands: [
    command({
      name: 'IOMMU_CHECK_EXTENSION',
      argument: 'value',
      bare: 'extension',
      fields: [field('extension', 'extension')],
    }),
    command({ name: 'IOMMU_DEVICE_GET_INFO', fields: [COOKIE, FLAGS, field('addr_width', 'number')] }),
    command({
      name: 'IOMMU_IOASID_ALLOC',
      fields: [
        field('user_pgtable', 'number'),
        field('user_pasid_table', 'number'),
        field('parent', 'ioasid'),
        ADDR,
        field('format', 'format'),
        field('type', 'number'),
        FLAGS,
        field('addr_width', 'number'),
      ],
    }),
    command({ name: 'IOMMU_IOASID_FREE', argument: 'value', bare: 'ioasid', fields: [IOASID] }),
    command({ name: 'IOMMU_MAP_DMA', fields: [IOASID, IOVA, VADDR, SIZE, FLAGS] }),
    command({ name: 'IOMMU_UNMAP_DMA', fields: [IOASID, IOVA, SIZE] }),
    command({ name: 'IOMMU_INVALIDATE_CACHE', fields: [IOASID, field('iova', 'iova', 'addr'), SIZE] }),
    command({
      name: 'VFIO_BIND_IOMMU_FD',
      aliases: ['VFIO_BIND_IOASID_FD', 'VFIO_DEVICE_BIND_IOMMUFD'],
      file: 'device',
      argument: 'either',
      bare: 'fd',
      fields: [FD, COOKIE],
    }),
    ...attachments(['VFIO_DEVICE_ATTACH_IOASID', 'VFIO_DEVICE_DETACH_IOASID']),
    ...kvm,
  ],
  constants: {
    IOASID_ATTACH_VPASID: 1n,
    EXT_MAP_TYPE1V2: 1n,
    EXT_DMA_NO_SNOOP: 7n,
    IOMMU_IOASID_TYPE_KERNEL: 0n,
    IOMMU_IOASID_ENFORCE_SNOOP: 1n,
    IOMMU_DEVICE_INFO_ENFORCE_SNOOP: 1n,
  },
  tells: { paths: ['/dev/iommu'], commands: ['IOMMU_IOASID_ALLOC', 'VFIO_BIND_IOASID_FD'] },
  knobs: [],
  prelude: [],
}

const MAINLINE: DialectWords = {
  id: 'iommufd',
  title: 'mainline',
  files: [{ kind: 'context', path: '/dev/iommu', prefix: false }, ...deviceFiles],
  commands: [
    command({ name: 'IOMMU_IOAS_ALLOC', fields: [SIZE, FLAGS, field('out_ioas_id', 'ioasid')] }),
    command({ name: 'IOMMU_IOAS_MAP', fields: [IOVA, SIZE, FLAGS, field('length', 'size')] }),
  ],
  constants: {},
  tells: { paths: ['/dev/iommu'], commands: ['IOMMU_IOAS_ALLOC', 'IOMMU_IOAS_MAP'] },
  knobs: [],
  prelude: [],
}

const param = (name: string, role: Role, optional = false) => ({ name, role, optional })

export const WORDS: Vocabulary = {
  dialects: [V1, V2, MAINLINE],
  platforms: [
    {
      id: 'vtd',
      title: 'VT-d',
      params: [
        { key: 'mode', values: ['legacy', 'scalable'], default: 'scalable', doc: '' },
        { key: 'levels', values: 'number', default: '4', doc: '' },
      ],
    },
    { id: 'papr', title: 'PAPR', params: [] },
    { id: 'smmuv3', title: 'SMMUv3', params: [], capabilities: { PASID_DELEGATED: true } },
  ],
  builtins: [
    {
      name: 'dma_write',
      doc: '',
      params: [
        param('dev', 'device'),
        param('addr', 'iova'),
        param('data', 'text'),
        param('pasid', 'pasid', true),
      ],
    },
    {
      name: 'dma_read',
      doc: '',
      params: [
        param('dev', 'device'),
        param('addr', 'iova'),
        param('len', 'size'),
        param('pasid', 'pasid', true),
      ],
    },
    {
      name: 'viommu',
      doc: '',
      params: [param('dev', 'device'), param('ioasid', 'ioasid'), param('way', 'text')],
    },
    { name: 'close_all', doc: '', params: [] },
  ],
}

/** One step as a test wants to see it. */
export interface Ran {
  readonly line: number
  readonly text: string
  readonly operation: Operation
}

export interface Run {
  readonly steps: readonly Ran[]
  /** The code of the diagnostic that stopped the run, or null. */
  readonly stopped: string | null
  readonly stoppedAt: number | null
}

export const int = (value: bigint | number): Value => ({ kind: 'int', value: BigInt(value) })

/** fds from 3, address spaces from 1, else 0. */
function countingMachine(): (operation: Operation) => OperationResult {
  let fds = 3
  let spaces = 1
  return operation => {
    if (operation.kind === 'open') return { value: int(fds++) }
    const makes = operation.kind === 'ioctl' && /ALLOC$|CREATE_NESTING$/.test(operation.command)
    return { value: int(makes ? spaces++ : 0) }
  }
}

export function runAll(
  program: Program,
  answer: (operation: Operation) => OperationResult = countingMachine(),
  options: RunnerOptions = {},
): Run {
  const runner = createRunner(program, options)
  const steps: Ran[] = []
  for (let next = runner.next(); ; next = runner.next()) {
    if (next.kind === 'done') return { steps, stopped: null, stoppedAt: null }
    if (next.kind === 'stopped')
      return { steps, stopped: next.diagnostic.code, stoppedAt: next.diagnostic.span.line }
    steps.push({ line: next.line, text: next.text, operation: next.operation })
    runner.result(answer(next.operation))
  }
}

/** `open /dev/ioasid`, `IOASID_MAP_DMA`, `dma_read`, `expect`, ...: what each step asks for. */
export const asked = (run: Run): string[] =>
  run.steps.map(({ operation }) => {
    if (operation.kind === 'open') return `open ${operation.path.slice(operation.path.lastIndexOf('/') + 1)}`
    if (operation.kind === 'ioctl') return operation.command
    return operation.kind === 'builtin' ? operation.name : operation.kind
  })

/** The diagnostics of one severity as `code@line`. */
export const found = (program: Program, severity: 'error' | 'warning' | 'info'): string[] =>
  program.diagnostics.filter(one => one.severity === severity).map(one => `${one.code}@${one.span.line}`)
