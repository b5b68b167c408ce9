/** A recording as a flow: it runs without a mistake, and everything it expects is what the kernel answered. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flowText } from '../engine'
import { expectFlows } from './flows.fixture'
import { recordingsIn } from './recordings.fixture'

describe.each(['type1-debian', 'type1-compat'])('the recordings %s as flows', folder => {
  it('run, hold what they expect, and leave next to nothing out', () => expectFlows(folder))
})

/** Flows of the gallery that are recordings, with where they are from. */
const SHOWN = [
  ['recorded-dma', 'vtd-legacy', 'dev_dma_translate'],
  ['recorded-replace', 'vtd-legacy', 'dev_attach_replace'],
  ['recorded-unmap-partial', 'vtd-legacy', 'unmap_partial'],
  ['recorded-type1-unmap', 'type1-debian', 'type1_unmap_v1'],
] as const

it.each(SHOWN)('%s of the gallery is what is printed of %s/%s', (name, folder, scenario) => {
  const recording = recordingsIn(folder).find(
    text => JSON.parse(text.split('\n')[0] ?? '').scenario === scenario,
  )
  expect(readFileSync(`src/scenarios/${name}.flow`, 'utf8')).toBe(flowText(recording ?? ''))
})

it('says every part of a recording in the words of the language', () => {
  const text = [
    { scenario: 's', desc: 'what is shown', config: 'type1-debian' },
    {
      i: 0,
      op: 'open',
      fd: null,
      in: { path: '/dev/vfio/vfio' },
      ret: 0,
      errno: null,
      out: { fd: 'container#0' },
    },
    { i: 1, op: 'BUFFER', name: 'A', user_va: '0x100000000000', size: 4096, prot: 'r' },
    { note: 'child process uses inherited fds' },
    {
      i: 2,
      op: 'VFIO_IOMMU_MAP_DMA',
      fd: 'container#0',
      in: { flags: '0x3', vaddr: { buf: 'A', off: 16 }, iova: '0x0', size: '0x1000' },
      ret: -1,
      errno: 'EINVAL',
      out: {},
    },
    { note: 'child munmaps buffer A' },
    { i: 1, op: 'VFIO_GET_API_VERSION', fd: 'container#0', in: {}, ret: 0, errno: null, out: {} },
    { note: 'unprivileged with 2-page RLIMIT_MEMLOCK' },
    { i: 2, op: 'close', fd: 'container#0', in: {}, ret: 0, errno: null, out: {} },
    {
      i: 3,
      op: 'RAW_IOCTL',
      fd: 'container#0',
      in: { cmd: '0x3b00', what: 'nr 0' },
      ret: -1,
      errno: 'ENOTTY',
      out: {},
    },
  ]
  const flow = flowText(text.map(line => JSON.stringify(line)).join('\n'))
  expect(
    String(flow)
      .split('\n')
      .filter(line => !line.startsWith('#device')),
  ).toEqual([
    '// What a Linux kernel answers: child process uses inherited fds; child munmaps buffer A; and more',
    '#title     What is shown',
    '#dialect   vfio-type1',
    '#platform  vtd mode=legacy sc=0',
    '#memory    0x7f0000000000 0x100000 pages=4K',
    '#memory    0x100000000000 0x1000 pages=4K ro',
    '// Recorded as s on machine type1-debian.',
    '',
    'container_0 = open("/dev/vfio/vfio", O_RDWR);',
    'expect(container_0 >= 0);',
    'note("child process uses inherited fds");',
    'fork();',
    'arg = { .flags = 3; .vaddr = 0x100000000010; .iova = 0; .size = 0x1000; };',
    'ret = ioctl(container_0, VFIO_IOMMU_MAP_DMA, &arg);',
    'expect(ret == -EINVAL);',
    'note("child munmaps buffer A");',
    'munmap(0x100000000000, 0x1000);',
    '_exit();',
    'ret = ioctl(container_0, VFIO_GET_API_VERSION);',
    'expect(ret == 0);',
    'note("unprivileged with 2-page RLIMIT_MEMLOCK");',
    'setuid(65534);',
    'setrlimit(2 * 4KB);',
    'ret = close(container_0);',
    'expect(ret == 0);',
    '// RAW_IOCTL on container#0 gave ENOTTY: an ioctl by its number.',
    '',
  ])
})
