import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileFor, serveFolder } from './static-files'

describe('fileFor', () => {
  it.each([
    ['/', '/srv/dist/index.html'],
    ['/assets/a.js?x=1', '/srv/dist/assets/a.js'],
    ['/a%20b.txt', '/srv/dist/a b.txt'],
  ])('%s is %s', (url, file) => expect(fileFor('/srv/dist', url)).toBe(file))

  it.each(['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/%00', '/%', '/../dist-other/x'])(
    '%s is nothing',
    url => expect(fileFor('/srv/dist', url)).toBeNull(),
  )
})

const BIG = 'let a = 1;'.repeat(500)

describe('serveFolder', () => {
  let folder: string
  let server: Server
  let base: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-'))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<p>hi</p>')
    await writeFile(join(folder, 'assets', 'a.js'), '1')
    await writeFile(join(folder, 'assets', 'big.js'), BIG)
    await writeFile(join(folder, 'assets', 'big.js.br'), brotliCompressSync(BIG))
    await writeFile(join(folder, 'assets', 'big.js.gz'), gzipSync(BIG))
    server = createServer(serveFolder(folder)).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const address = server.address()
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterAll(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })

  it('sends the policy with every answer, also with a refusal', async () => {
    for (const path of ['/', '/assets/a.js', '/nothing']) {
      const { headers } = await fetch(base + path)
      expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('types what it serves', async () => {
    const page = await fetch(`${base}/`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const script = await fetch(`${base}/assets/a.js`)
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect(script.headers.get('cache-control')).toContain('immutable')
  })

  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
    ['', null],
  ])('sends a packed file to who takes %s as %s, and the same text to all', async (takes, sent) => {
    const answer = await fetch(`${base}/assets/big.js`, { headers: { 'accept-encoding': takes } })
    expect(answer.headers.get('content-encoding')).toBe(sent)
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(answer.headers.get('content-type')).toContain('text/javascript')
    expect(await answer.text()).toBe(BIG)
  })

  it('sends a file as it is where no packed one lies beside it', async () => {
    const answer = await fetch(`${base}/assets/a.js`, { headers: { 'accept-encoding': 'br, gzip' } })
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([null, '1'])
  })

  it('refuses what it does not have and what it does not do', async () => {
    expect((await fetch(`${base}/assets`)).status).toBe(404)
    expect((await fetch(`${base}/`, { method: 'POST' })).status).toBe(405)
  })
})
