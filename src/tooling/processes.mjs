/**
 * Runs the tools of this repository as child processes, by their JavaScript entry points, so that
 * neither a shell nor a PATH is needed.
 * Plain JavaScript without dependencies: it runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's top folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Tools by name: the script that Node.js runs, relative to node_modules. */
const TOOLS = {
  biome: '@biomejs/biome/bin/biome',
  playwright: '@playwright/test/cli.js',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
}

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {boolean} [capture] collect the output instead of passing it through
 * @property {readonly NodeJS.Signals[]} [forward] signals that are the child's to answer
 * @property {number} [timeoutMs] kill the child after this long
 */

/**
 * Runs a command in the top folder to its end. Standard input is closed: nothing here asks questions.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} code 1 where a signal or a missing file ended it
 */
export function run(command, args, options = {}) {
  return new Promise(done => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.capture ? 'pipe' : 'inherit', options.capture ? 'pipe' : 'inherit'],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
    })
    for (const signal of options.forward ?? []) process.on(signal, () => child.kill(signal))
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => {
        output += text
      })
    }
    child.on('error', error => done({ code: 1, output: `${command}: ${error.message}\n` }))
    child.on('close', code => done({ code: code ?? 1, output }))
  })
}

/**
 * Runs one of the installed tools.
 * @param {keyof typeof TOOLS} name
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function runTool(name, args, options) {
  return run(process.execPath, [join(ROOT, 'node_modules', TOOLS[name]), ...args], options)
}

/**
 * Runs npm: the one that runs us where there is one, else the one on the PATH.
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function runNpm(args, options) {
  const own = process.env.npm_execpath
  return own?.endsWith('.js') ? run(process.execPath, [own, ...args], options) : run('npm', args, options)
}
