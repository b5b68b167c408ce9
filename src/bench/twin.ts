/** The C twins: compiled on the spot with whichever compiler there is, run once a round. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TwinFigure {
  readonly rate: number
  readonly check: bigint
}

export interface Twin {
  /** Runs the twin and returns its figures by name. */
  run(...args: readonly string[]): ReadonlyMap<string, TwinFigure>
}

export interface CompiledTwin {
  readonly compiler: string
  readonly program: string
  remove(): void
}

const COMPILERS = ['cc', 'gcc', 'clang']

/** The twins as a program that was compiled before. */
export const openTwin = (program: string): Twin => ({ run: (...args) => figures(program, args) })

/** Compiles the twins with -O2, or returns null when there is no C compiler. */
export function compileTwin(): CompiledTwin | null {
  const sources = process.env.IOAS_BENCH_TWINS ?? join(import.meta.dirname, 'c')
  const files = readdirSync(sources).filter(name => name.endsWith('.c'))
  const folder = mkdtempSync(join(tmpdir(), 'ioas-bench-'))
  const program = join(folder, 'twin')
  const args = ['-O2', '-o', program, ...files.map(file => join(sources, file))]
  const compiler = COMPILERS.find(name => compiles(name, args))
  if (compiler !== undefined) return { compiler, program, remove: () => clean(folder) }
  clean(folder)
  return null
}

const clean = (folder: string): void => rmSync(folder, { recursive: true, force: true })

function compiles(compiler: string, args: readonly string[]): boolean {
  try {
    execFileSync(compiler, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

function figures(program: string, args: readonly string[]): Map<string, TwinFigure> {
  const lines = execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n')
  return new Map(
    lines.map(line => {
      const [name = '', rate = '', check = ''] = line.split(' ')
      return [name, { rate: Number(rate), check: BigInt(check) }]
    }),
  )
}

export function figureOf(found: ReadonlyMap<string, TwinFigure>, name: string): TwinFigure {
  const figure = found.get(name)
  if (figure === undefined) throw new Error(`the twin gave no figure ${name}`)
  return figure
}
