/** `npm run --silent ioas -- COMMAND`: the engine on the command line. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import {
  asciiGraph,
  asciiMail,
  compareFlows,
  compareText,
  createSession,
  DIALECTS,
  flowText,
  graphView,
  matrixOf,
  matrixText,
  PLATFORMS,
  replayText,
  translateFlow,
  VIOMMU_WAYS,
} from '../engine'
import { type Engine, UsageError } from './door'
import { type ReadBytes, runCommandLine } from './program'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
}

const read: ReadBytes = async file => {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError(`cannot read ${file}: ${REASONS[code] ?? code}`)
  }
}

/** Beyond the codes of an outcome, as sysexits.h numbers them: a bug of ours, and output that nothing takes. */
const INTERNAL_ERROR = 70
const OUTPUT_ERROR = 74

// A reader that has seen enough (`| head`) closes the pipe; that is no error of ours. A full disk is one of nobody here.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.exitCode = OUTPUT_ERROR
    if (stream === process.stdout)
      process.stderr.write(`ioas: cannot write the result: ${error.code ?? error}\n`)
  })
}

const engine: Engine = {
  createSession,
  graphView,
  asciiGraph,
  asciiMail,
  matrixOf,
  matrixText,
  replayText,
  flowText,
  translateFlow,
  compareRuns: compareFlows,
  compareText,
  viommuWays: VIOMMU_WAYS,
  dialects: DIALECTS,
  platforms: PLATFORMS,
}

const args = process.argv.slice(2)
try {
  const { stdout, stderr, code } = await runCommandLine(args, engine, read)
  process.exitCode = code
  process.stderr.write(stderr)
  process.stdout.write(stdout)
} catch (error) {
  console.error(`ioas: internal error with arguments ${JSON.stringify(args)}; please report it with the flow`)
  console.error(error)
  process.exitCode = INTERNAL_ERROR
}
