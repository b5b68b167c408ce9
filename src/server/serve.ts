/**
 * Serves the built page on this machine: `serve.ts [--port N]`. A port that is taken is replaced by a
 * free one, and the address is printed either way.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serveFolder } from './static-files'

const DEFAULT_PORT = 4173
const HOST = '127.0.0.1'
const folder = fileURLToPath(new URL('../../dist', import.meta.url))

const port = portAsked()
if (port === null) {
  console.error('Usage: serve [--port N], N from 0 to 65535 (0: any free port)')
  process.exit(3)
}
if (!existsSync(folder)) {
  console.error(`Nothing built in ${folder}; run npm run build first.`)
  process.exit(1)
}
listen(port)

function portAsked(): number | null {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' } } })
    const asked = Number(values.port ?? DEFAULT_PORT)
    return Number.isInteger(asked) && asked >= 0 && asked <= 65_535 ? asked : null
  } catch {
    return null
  }
}

function listen(wanted: number): void {
  const server = createServer(serveFolder(folder))
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || wanted === 0) throw error
    console.error(`Port ${wanted} is taken; using a free one.`)
    listen(0)
  })
  server.listen(wanted, HOST, () => {
    const address = server.address()
    const used = typeof address === 'object' && address !== null ? address.port : wanted
    console.log(`IOAS Playground: http://${HOST}:${used}/`)
  })
}
