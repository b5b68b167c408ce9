/**
 * The built-in functions of the flow language, as words and as what they do.
 */
import type { BuiltinWord, Role } from '../flow'
import { PLATFORMS } from '../hw'
import {
  type BuiltinRun,
  closeAllFiles,
  dmaReadCall,
  dmaResultCall,
  dmaWriteCall,
  enqcmdCall,
  guestMapCall,
  guestPasidSetCall,
  guestUnmapCall,
  pageResponseCall,
  viommuCall,
} from './builtins'
import { hypercallNamed } from './hypercalls'

import {
  dupCall,
  exitCall,
  forkCall,
  memfdCall,
  munmapCall,
  pollCall,
  setrlimitCall,
  setuidCall,
  writeCall,
} from './process-builtins'

export interface Builtin extends BuiltinWord {
  readonly run: BuiltinRun
}

const param = (name: string, role: Role, optional = false) => ({ name, role, optional })

/** The hypercalls of all platforms; where a guest has none of that name, it is refused. */
const HYPERCALLS: readonly Builtin[] = PLATFORMS.flatMap(({ hypercalls }) =>
  (hypercalls?.calls ?? []).map(({ name, params, doc }) => ({
    name: name.toLowerCase(),
    params: params.map(({ name, role }) => param(name, role)),
    doc,
    run: hypercallNamed(name),
  })),
)

const DEV = param('dev', 'device')
const FD = param('fd', 'fd')
const ADDR = param('addr', 'iova')
const PASID = param('pasid', 'pasid', true)
const TABLE = param('table', 'table-address')

export const BUILTINS: readonly Builtin[] = [
  {
    name: 'dma_write',
    params: [DEV, ADDR, param('data', 'text'), PASID],
    doc: 'The device writes bytes to an address. Gives the bytes written, or fault.',
    run: dmaWriteCall,
  },
  {
    name: 'dma_read',
    params: [DEV, ADDR, param('len', 'size'), PASID],
    doc: 'The device reads bytes from an address. Gives them as text, or fault.',
    run: dmaReadCall,
  },
  {
    name: 'close_all',
    params: [],
    doc: 'Closes every fd of the flow, the newest first.',
    run: closeAllFiles,
  },
  {
    name: 'enqcmd',
    params: [DEV, param('vpasid', 'pasid'), ADDR],
    doc: 'A guest thread submits work by ENQCMD; the device fetches 64 bytes of it. Gives 64, or fault.',
    run: enqcmdCall,
  },
  {
    name: 'dma_result',
    params: [DEV],
    doc: 'How the last DMA of a device ended: text, bytes written, fault, or pending.',
    run: dmaResultCall,
  },
  {
    name: 'guest_map',
    params: [
      TABLE,
      param('va', 'iova'),
      param('gpa', 'vaddr'),
      param('size', 'size'),
      param('perm', 'text', true),
    ],
    doc: 'The guest writes entries of its own table, as bits in guest memory.',
    run: guestMapCall,
  },
  {
    name: 'guest_unmap',
    params: [TABLE, param('va', 'iova'), param('size', 'size')],
    doc: 'The guest clears entries of its own table.',
    run: guestUnmapCall,
  },
  {
    name: 'guest_pasid_set',
    params: [param('ptable', 'pasid-table-address'), param('pasid', 'pasid'), TABLE],
    doc: 'The guest leads a PASID to a table of its own, in its PASID table; 0 leads it nowhere.',
    run: guestPasidSetCall,
  },
  {
    name: 'page_response',
    params: [DEV, param('code', 'number')],
    doc: 'The guest answers a page request of a device: 0 success, 1 invalid, 2 failure; the VMM completes it.',
    run: pageResponseCall,
  },
  {
    name: 'viommu',
    params: [DEV, param('ioasid', 'ioasid'), param('way', 'text'), param('table', 'table-address', true)],
    doc: "The VMM emulates an IOMMU for a device, in the way shadow, mirror or nested: from now on what the guest does to its table for the device becomes the VMM's calls, as sub-steps. ioasid is an empty space with the device in it, or the space with guest memory, over which (or beside which) the VMM makes one. Without a table: the first that the guest writes.",
    run: viommuCall,
  },
  { name: 'dup', params: [FD], doc: 'Another fd of the same open file. Gives it.', run: dupCall },
  {
    name: 'memfd_create',
    params: [param('size', 'size')],
    doc: 'A file of memory whose pages can be mapped. Gives its fd.',
    run: memfdCall,
  },
  {
    name: 'write',
    params: [FD, param('data', 'text')],
    doc: 'Writes to a file: two hexadecimal digits a byte. Gives the bytes taken.',
    run: writeCall,
  },
  {
    name: 'poll',
    params: [FD, param('events', 'number', true)],
    doc: 'Asks a file what can be done with it. Gives the events: 1 for POLLIN, 4 for POLLOUT.',
    run: pollCall,
  },
  {
    name: 'fork',
    params: [],
    doc: 'What follows is done by a child of the process, with its files and its memory, up to _exit().',
    run: forkCall,
  },
  { name: '_exit', params: [], doc: 'The child ends, its memory goes; its parent goes on.', run: exitCall },
  {
    name: 'setuid',
    params: [param('uid', 'number')],
    doc: 'Becomes another user. One that is not 0 has no capabilities.',
    run: setuidCall,
  },
  {
    name: 'setrlimit',
    params: [param('memlock', 'size')],
    doc: 'Sets RLIMIT_MEMLOCK: what the process may have charged.',
    run: setrlimitCall,
  },
  {
    name: 'munmap',
    params: [param('addr', 'vaddr'), param('size', 'size')],
    doc: 'Takes memory out of the process. Who has its pages pinned keeps them.',
    run: munmapCall,
  },
  ...HYPERCALLS,
]
