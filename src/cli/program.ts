/** The command line as a table of commands and options. Parses, reads the file, runs, never prints. */
import { Command, CommanderError, Option } from 'commander'
import { type Choice, compare, parseChoice } from './compare'
import { type Engine, EXIT, type Outcome, UsageError } from './door'
import { exportAs, FORM_NAMES } from './export'
import { DEFAULT_BASE, link, open, parseBase } from './link'
import { matrix } from './matrix'
import { run } from './run'
import type { Input } from './scene'
import { type TraceInput, trace } from './trace'
import { translate } from './translate'
import { walk } from './walk'
import { parseAddress, parsePasid, parsePolicy, parseStep } from './words'

/** Yields a file, or standard input for `-`; throws where it cannot be read. */
export type ReadBytes = (file: string) => Promise<Uint8Array>

interface SceneOptions {
  readonly dialect?: string
  readonly platform?: string
  readonly policy: Readonly<Record<string, string>>
}

/** As editors read a file: UTF-16 by its byte order mark, else UTF-8; what is neither becomes a character that says so. */
function lenientText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null
  return new TextDecoder(utf16 ?? 'utf-8', { ignoreBOM: true }).decode(bytes)
}

async function inputOf(
  read: ReadBytes,
  file: string,
  { dialect, platform, policy }: SceneOptions,
): Promise<Input> {
  const text = lenientText(await read(file))
  return {
    file,
    text,
    policy,
    ...(dialect === undefined ? {} : { dialect }),
    ...(platform === undefined ? {} : { platform }),
  }
}

const sceneOptions = () => [
  new Option('--dialect <id>', 'run it as this dialect'),
  new Option('--platform <id>', 'run it on this platform'),
  new Option('--policy <knob=value>', 'set a policy knob (repeatable)')
    .argParser(parsePolicy)
    .default({}, 'none'),
]

function flowCommand(program: Command, name: string, description: string): Command {
  const command = program.command(`${name} <file>`).description(description)
  for (const option of sceneOptions()) command.addOption(option)
  return command
}

/** Hands each command's outcome to `done`. */
function programFor(engine: Engine, read: ReadBytes, done: (outcome: Outcome) => void): Command {
  const program = new Command('ioas')
    .description(
      'Run flows of I/O address space calls against an emulated IOMMU. FILE may be - for standard input.',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 an expect failed, 2 the text has errors or the link is broken, 3 usage.',
    )
  flowCommand(program, 'run', 'run a flow and show its steps and the machine')
    .option('--until <n>', 'stop after step n', parseStep)
    .option('--json', 'print one JSON object', false)
    .action(async (file, options) => {
      done(run(engine, await inputOf(read, file, options), options))
    })
  flowCommand(program, 'walk', 'run a flow, then translate one address as a device would')
    .requiredOption('--device <name>', 'the device that asks')
    .requiredOption('--addr <address>', 'the address it asks for', parseAddress)
    .option('--pasid <n>', 'with this PASID', parsePasid)
    .option('--write', 'for writing', false)
    .option('--json', 'print one JSON object', false)
    .action(async (file, { addr, pasid, ...options }) => {
      done(
        walk(engine, await inputOf(read, file, options), { ...options, address: addr, pasid: pasid ?? null }),
      )
    })
  flowCommand(program, 'export', 'run a flow and print its objects')
    .requiredOption('--as <form>', `one of: ${FORM_NAMES.join(', ')}`)
    .option('--step <n>', 'after step n instead of the last', parseStep)
    .addOption(baseOption())
    .action(async (file, options) => {
      done(exportAs(engine, await inputOf(read, file, options), options))
    })
  traceCommand(program, engine, read, done)
  translateCommand(program, engine, read, done)
  compareCommand(program, engine, read, done)
  matrixCommand(program, engine, done)
  linkCommands(program, read, done)
  return program
}

function traceCommand(
  program: Command,
  engine: Engine,
  read: ReadBytes,
  done: (outcome: Outcome) => void,
): void {
  program
    .command('trace <file...>')
    .description('replay recorded answers of a kernel and print what differs')
    .addOption(new Option('--json', 'print one JSON object').default(false).conflicts('as'))
    .option('--as <form>', 'flow: print the calls of one file as a flow instead')
    .action(async (files: string[], options) => {
      const inputs: TraceInput[] = []
      for (const file of files) inputs.push({ file, text: lenientText(await read(file)) })
      done(trace(engine, inputs, options))
    })
}

function translateCommand(
  program: Command,
  engine: Engine,
  read: ReadBytes,
  done: (outcome: Outcome) => void,
): void {
  program
    .command('translate <file>')
    .description('print a flow in the words of another dialect, with comments where that has no equivalent')
    .requiredOption('--to <dialect>', 'the dialect to print it in')
    .action(async (file: string, options: { to: string }) => {
      done(translate(engine, { file, text: lenientText(await read(file)) }, options.to))
    })
}

const WITH =
  'what one column runs under: dialect, platform, viommu (shadow, mirror, nested) or a policy knob (repeatable)'

function compareCommand(
  program: Command,
  engine: Engine,
  read: ReadBytes,
  done: (outcome: Outcome) => void,
): void {
  flowCommand(program, 'compare', 'run a flow under several choices and compare what each run costs')
    .addOption(
      new Option('--with <k=v,...>', WITH)
        .argParser((text: string, before: readonly Choice[]) => parseChoice(text, before))
        .default([], 'none'),
    )
    .addHelpText('after', COMPARE_HELP)
    .addOption(new Option('--json', 'print one JSON object').default(false).conflicts('text'))
    .option('--text', 'print a table (the default)', false)
    .action(async (file, options) => {
      done(compare(engine, await inputOf(read, file, options), options))
    })
}

const COMPARE_HELP = `
One --with is one column; a comma joins choices of the same column. A single one is compared with the flow
as it is written, several with the first of them. --dialect, --platform and --policy hold for every column.

  ioas compare FILE --with viommu=shadow,prereg=none --with viommu=nested`

function matrixCommand(program: Command, engine: Engine, done: (outcome: Outcome) => void): void {
  const command = program
    .command('matrix')
    .description('what each operation does to each type of table, found by running it')
  for (const option of sceneOptions()) command.addOption(option)
  command
    .addOption(new Option('--json', 'print one JSON object').default(false).conflicts('text'))
    .option('--text', 'print a table (the default)', false)
    .action(options => {
      done(matrix(engine, options))
    })
}

const baseOption = () =>
  new Option('--base <url>', 'the address of the page, before #').argParser(parseBase).default(DEFAULT_BASE)

function linkCommands(program: Command, read: ReadBytes, done: (outcome: Outcome) => void): void {
  program
    .command('link <file>')
    .description('print a link that opens the flow')
    .addOption(baseOption())
    .option('--step <n>', 'at step n instead of the last', parseStep)
    .action(async (file, options) => {
      done(link(await read(file), options))
    })
  program
    .command('open <link>')
    .description(
      'print the text of a link, byte for byte; - reads the link, or a mail with it, from standard input',
    )
    .option('--json', 'print text and view as one JSON object', false)
    .action(async (pasted, options) => {
      done(open(pasted === '-' ? lenientText(await read('-')) : pasted, options))
    })
}

const usage = (message: string): Outcome => ({ stdout: '', stderr: `ioas: ${message}\n`, code: EXIT.usage })

/**
 * Runs one command line (without the program's name).
 * @returns what to print where and the exit code; rejects only for a bug of ours
 */
export async function runCommandLine(
  args: readonly string[],
  engine: Engine,
  read: ReadBytes,
): Promise<Outcome> {
  let outcome: Outcome = usage('no command; try ioas --help')
  let help = ''
  let problem = ''
  const program = programFor(engine, read, result => {
    outcome = result
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: text => {
        help += text
      },
      writeErr: text => {
        problem += text
      },
    })
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
    return outcome
  } catch (error) {
    if (error instanceof UsageError) return usage(error.message)
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { stdout: help, stderr: '', code: EXIT.fine }
    return usage(problem.trim().replace(/^error: /, '') || error.message)
  }
}
