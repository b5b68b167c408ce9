/**
 * Which room may import from which, and which packages. Read by architecture.test.ts.
 *
 * A room is a folder; files that stand in a folder with rooms below it (`src/engine/index.ts`) belong to
 * that folder. Importing from the own room is always allowed. Tests may import what their room may, and
 * what TESTS adds.
 */
export interface Room {
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

const room = (imports: readonly string[], packages: readonly string[] = []): Room => ({ imports, packages })

const BITS = 'src/engine/bits'
const TRACE = 'src/engine/trace'
const MEM = 'src/engine/mem'
const PT = 'src/engine/pt'
const HW = 'src/engine/hw'
const FLOW = 'src/engine/flow'
const REWRITE = 'src/engine/flow/rewrite'
const KERNEL = 'src/engine/kernel'
const DIALECTS = 'src/engine/dialects'
const VMM = 'src/engine/vmm'
const SESSION = 'src/engine/session'
const VIEWS = 'src/engine/views'
const HELP = 'src/engine/help'
const MATRIX = 'src/engine/matrix'
const REPLAY = 'src/engine/replay'
const TRANSLATE = 'src/engine/translate'
const ENGINE = 'src/engine'

export const ROOMS: Readonly<Record<string, Room>> = {
  [BITS]: room([]),
  [TRACE]: room([BITS]),
  [MEM]: room([BITS, TRACE]),
  [PT]: room([BITS, TRACE, MEM]),
  [HW]: room([BITS, TRACE, MEM, PT]),
  [FLOW]: room([BITS], ['@lezer/common', '@lezer/highlight', '@lezer/lr']),
  /** Pure functions on text, small enough for the page to run. */
  [REWRITE]: room([]),
  [KERNEL]: room([BITS, TRACE, MEM, PT, HW, FLOW]),
  [DIALECTS]: room([BITS, TRACE, MEM, PT, HW, FLOW, KERNEL]),
  [VMM]: room([BITS, TRACE, MEM, PT, HW, KERNEL, DIALECTS]),
  [SESSION]: room([BITS, TRACE, MEM, PT, HW, FLOW, KERNEL, DIALECTS, VMM]),
  [VIEWS]: room([BITS, TRACE, MEM, PT, HW, FLOW, KERNEL, DIALECTS, SESSION]),
  [HELP]: room([TRACE, HW, FLOW, KERNEL, DIALECTS, SESSION]),
  [MATRIX]: room([HW, DIALECTS, SESSION]),
  [REPLAY]: room([TRACE, MEM, HW, FLOW, KERNEL, DIALECTS]),
  [TRANSLATE]: room([BITS, FLOW, KERNEL, DIALECTS, SESSION]),
  [ENGINE]: room([
    BITS,
    TRACE,
    MEM,
    PT,
    HW,
    FLOW,
    KERNEL,
    DIALECTS,
    VMM,
    SESSION,
    VIEWS,
    HELP,
    MATRIX,
    REPLAY,
    TRANSLATE,
  ]),

  'src/scenarios': room([ENGINE]),
  'src/recordings': room([ENGINE]),
  'src/share': room([], ['fflate', 'valibot']),
  'src/worker': room([ENGINE]),
  'src/client': room([ENGINE, 'src/worker']),
  'src/cli': room([ENGINE, 'src/scenarios', 'src/share'], ['commander', 'node:*']),
  'src/bench': room([ENGINE, BITS, TRACE, MEM, PT, HW, KERNEL], ['sorted-btree', 'node:*']),
  'src/server': room(['src/server/policy'], ['node:*']),
  /** The page's own content policy: served as a header, and named where the worker is made. */
  'src/server/policy': room([]),
  'src/tooling': room([], ['@lezer/generator', 'esbuild', 'node:*']),
  'src/ui': room(
    [ENGINE, REWRITE, 'src/worker', 'src/client', 'src/scenarios', 'src/share', 'src/server/policy'],
    [
      '@codemirror/*',
      '@lezer/common',
      '@lezer/highlight',
      '@tanstack/react-virtual',
      '@xyflow/react',
      'idb',
      'lucide-react',
      'react',
      'react-dom',
      'react-resizable-panels',
      'zustand',
    ],
  ),
  src: room([]),
}

/** What may be imported of the engine from outside of it. */
export const FACES: readonly string[] = ['src/engine/index', 'src/engine', REWRITE]

/** Folders with one plug-in each (folder or file), and the only files outside that name one. */
export const PLUGINS: readonly { readonly folder: string; readonly registry: string }[] = [
  { folder: 'src/engine/pt/formats', registry: 'src/engine/pt/registry.ts' },
  { folder: 'src/engine/hw/platforms', registry: 'src/engine/hw/registry.ts' },
  { folder: 'src/engine/dialects', registry: 'src/engine/dialects/registry.ts' },
]

/** What tests may import beyond their room. */
export const TESTS = room(
  ['src/engine/vectors', REWRITE, 'src/scenarios', 'src/tooling'],
  ['vitest', 'fast-check', 'fake-indexeddb', 'node:*'],
)

/** Known debts: `file > target`, each with what would settle it. May only get shorter. */
export const DEBTS: readonly string[] = []
