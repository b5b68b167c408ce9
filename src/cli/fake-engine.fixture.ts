/** A session with hand-written answers: the command line is tested without an engine behind it. */
import type {
  ComparedRun,
  MatrixView,
  Session,
  SessionOptions,
  StepRecord,
  Variant,
  WalkView,
} from '../engine'
import type { Engine } from './door'

const COST = { calls: 1, entriesWritten: 0 }

export function stepOf(n: number, more: Partial<StepRecord> = {}): StepRecord {
  const label = { verb: 'open', object: '' }
  return {
    n,
    line: n + 10,
    lines: [{ first: n + 10, last: n + 10 }],
    text: `step_${n}();`,
    call: 'open',
    ret: 0,
    errno: null,
    rule: null,
    expected: false,
    message: null,
    out: null,
    label,
    ...more,
  }
}

export const FAILED_EXPECT = { call: 'expect', ret: -1, message: 'expected 1 == 2' } as const

const SPACE = {
  id: 3,
  name: 'gpa_ioasid',
  kind: 'kernel',
  parent: null,
  nesting: null,
  attachments: [{ device: 'dev1', pasid: null }],
  areas: [{ iova: 0n, last: 0xffff_ffff_ffff_ffffn, target: 0x4000_0000n, perm: 'rw' }],
} as const

const DEVICE = {
  name: 'dev1',
  path: '/dev/vfio/devices/dev1',
  rid: '0000:00:03.0',
  group: 1,
  bound: 4,
  attachments: [{ space: 3, pasid: null }],
} as const

export const MATRIX: MatrixView = {
  dialect: '',
  platform: 'p-one',
  policy: {},
  types: [{ id: 'sva', title: 'SVA' }],
  operations: [{ id: 'map', title: 'map' }],
  cells: [
    {
      type: 'sva',
      operation: 'map',
      result: 'refused',
      ret: -1,
      errno: 'EBUSY',
      rule: 'r.one',
      message: 'busy',
      text: 'call();\n',
      step: 1,
      line: 1,
    },
  ],
}

const COMPARED_RUN: ComparedRun = {
  label: '',
  scenario: { title: null, dialect: 'd-one', platform: 'p-one', policy: {} },
  steps: 1,
  ok: true,
  problems: [],
  costs: {
    calls: 1,
    hotCalls: 0,
    entriesWritten: 0,
    tableBytes: 0,
    pinned: 0,
    pinnedPages: 0,
    charged: 0,
    accountedPages: 0,
    flushAll: 0,
    flushDomain: 0,
    flushRange: 0,
    dmas: 0,
    faults: 0,
    cold: null,
    warm: null,
  },
  parts: null,
}

const ranUnder = ({ dialect = 'd-one', platform = 'p-one', policy = {} }: Variant) => ({
  title: null,
  dialect,
  platform,
  policy,
})

/** Bits are for the page. */
const UNDRAWN = { words: [], bits: [], from: null, serves: null } as const

export const WALK: WalkView = {
  ok: true,
  fault: null,
  output: 0x1_0000_1000n,
  perm: 'rw',
  pageSize: 4096,
  references: [
    {
      stage: 'config',
      level: null,
      address: 0x1000n,
      value: 0x2001n,
      what: 'root entry',
      fields: { P: 1 },
      ...UNDRAWN,
    },
    {
      stage: 'second',
      level: 0,
      address: 0x5008n,
      value: 0x8000_0000_0000_0003n,
      what: 'SSPTE',
      fields: { R: 1 },
      ...UNDRAWN,
    },
  ],
  cache: 'none',
  from: 3,
}

/** Written as the session contract says; `made` receives what the engine was asked for. */
export function fakeEngine(
  fakes: Partial<Session>,
  made: { text?: string; options?: SessionOptions } = {},
): Engine {
  const steps = fakes.steps ?? [stepOf(1)]
  let at = steps.length
  const session: Session = {
    text: '',
    scenario: { title: null, dialect: 'd-one', platform: 'p-one', policy: { unmap: 'exact' } },
    diagnostics: [],
    assumptions: [],
    ok: true,
    steps,
    get at() {
      return at
    },
    seek: n => {
      at = n
    },
    runTo: () => at,
    reading: { aliases: [], skipped: [] },
    stops: () => false,
    state: () => ({
      addressSpaces: [SPACE],
      devices: [DEVICE],
      accounting: { pinnedPages: 7, accountedPages: 9, prereg: [{ vaddr: 0x1000n, size: 0x2000n }] },
    }),
    explain: n => [
      { kind: 'call', actor: 'vmm', fd: 3, cmd: 'X', args: { iova: 0x10n }, step: n, sub: 0, seq: 1 },
      { kind: 'call', actor: 'vmm', fd: 3, cmd: 'INNER', args: {}, step: n, sub: 1, seq: 2 },
      {
        kind: 'return',
        actor: 'kernel',
        ret: -1,
        errno: 'EINVAL',
        rule: 'map.align',
        out: null,
        step: n,
        sub: 1,
        seq: 3,
      },
    ],
    cost: () => ({ ...COST }) as ReturnType<Session['cost']>,
    costThrough: () => ({ ...COST }) as ReturnType<Session['cost']>,
    walk: ({ device }) => (device === 'dev1' ? WALK : { problem: `no device ${device}` }),
    canonicalHash: () => '',
    ...fakes,
  }
  return {
    createSession: (text, options) => Object.assign(made, { text, options }) && session,
    graphView: one => ({ title: `at ${one.at}`, nodes: [], edges: [] }),
    asciiGraph: graph => `# ${graph.title}\n`,
    matrixOf: wish => ({ ...MATRIX, dialect: wish.dialect ?? '', policy: wish.policy ?? {} }),
    matrixText: ({ dialect }) => `# matrix of ${dialect}\n`,
    flowText: text => (text === 'broken' ? { line: 9, problem: 'it is not JSON' } : `# flow of ${text}\n`),
    translateFlow: (text, to) =>
      text === 'broken' ? { line: 4, problem: 'a mistake' } : { text: `# ${text} in ${to}\n` },
    replayText: text => ({ line: 1, problem: `it says ${text}` }),
    compareRuns: (_, variants) => ({
      runs: variants.map(variant => ({ ...COMPARED_RUN, label: variant.label, scenario: ranUnder(variant) })),
    }),
    compareText: ({ runs }) => runs.map(run => `${run.label} ${JSON.stringify(run.scenario)}\n`).join(''),
    viommuWays: ['shadow', 'mirror', 'nested'],
    asciiMail: ({ graph, link }) => `# ${graph.title}\n${link}\n`,
    dialects: [
      { id: 'd-one', knobs: [{ key: 'unmap', values: ['exact', 'any'] }] },
      { id: 'd-two', knobs: [] },
    ],
    platforms: [{ id: 'p-one' }, { id: 'p-two' }],
  }
}
