/** Answers GET and HEAD with the files of one folder and nothing outside it. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { HEADERS } from './policy'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** Forms that the build left beside a file, best first, by the name they have in `Accept-Encoding`. */
const PACKED = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** Null when the URL is malformed or points outside the folder. */
export function fileFor(folder: string, url: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/')
  } catch {
    return null
  }
  if (path.includes('\0')) return null
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : null
}

/** A request listener for `http.createServer`. */
export function serveFolder(folder: string): RequestListener {
  return (request, response) => void answer(folder, request, response)
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405)
  const file = fileFor(folder, request.url ?? '/')
  const info = file === null ? null : await stat(file).catch(() => null)
  if (file === null || info === null || !info.isFile()) return missing(folder, request, response)
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream')
  // Names of built files carry a hash of their content; only the page itself may change under its name.
  response.setHeader(
    'Cache-Control',
    file.includes(`${sep}assets${sep}`) ? 'max-age=31536000, immutable' : 'no-cache',
  )
  response.setHeader('Vary', 'Accept-Encoding')
  const { path, size, encoding } = (await packed(file, request)) ?? { path: file, size: info.size }
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding)
  response.setHeader('Content-Length', size)
  if (request.method === 'HEAD') response.end()
  else createReadStream(path).pipe(response)
}

/** The smallest form of a file that the client takes, where the build left one. */
async function packed(file: string, { headers }: IncomingMessage) {
  const taken = String(headers['accept-encoding'] ?? '').split(/\s*,\s*/)
  for (const [encoding, suffix] of PACKED) {
    if (!taken.includes(encoding)) continue
    const info = await stat(file + suffix).catch(() => null)
    if (info?.isFile() === true) return { path: file + suffix, size: info.size, encoding }
  }
  return null
}

/** The folder's own page for what is not there: it sends links with an escaped `#` on. */
async function missing(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const page = join(folder, '404.html')
  const info = await stat(page).catch(() => null)
  if (info === null) return refuse(response, 404)
  response.statusCode = 404
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.setHeader('Content-Length', info.size)
  response.setHeader('Cache-Control', 'no-cache')
  if (request.method === 'HEAD') response.end()
  else createReadStream(page).pipe(response)
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end(`${status}\n`)
}
