/** The page for what a host does not have: where it sends whom, what it may do, and that it is served. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { serveFolder } from './static-files'

const script = readFileSync('public/404.js', 'utf8')
const page = readFileSync('public/404.html', 'utf8')

/** Where a browser at an address is sent, or null where it stays. */
function sentTo(address: string): string | null {
  const { origin, pathname, search, hash } = new URL(address)
  let to: string | null = null
  const replace = (next: string) => {
    to = next
  }
  runInNewContext(script, { location: { origin, pathname, search, hash, replace } })
  return to
}

describe('404.html', () => {
  it.each([
    ['https://e.org/%23v1.5k.abc', 'https://e.org/#v1.5k.abc'],
    ['https://e.org/ioas/%23v1.5k.abc', 'https://e.org/ioas/#v1.5k.abc'],
    ['https://e.org/%2523v1.5k.abc', 'https://e.org/#v1.5k.abc'],
    ['https://e.org/ioas/%23v1.5k.abc?data=05', 'https://e.org/ioas/#v1.5k.abc?data=05'],
    ['https://e.org/%23g.2', 'https://e.org/#g.2'],
    ['https://e.org//evil.example/%23v1', 'https://e.org/evil.example/#v1'],
    ['https://e.org/nothing', null],
    ['https://e.org/', null],
  ])('%s goes to %s', (address, to) => {
    expect(sentTo(address)).toBe(to)
  })

  it('runs its one script file and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self';/)
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).toContain('<script src="./404.js"></script>')
    expect(page).not.toMatch(/ on\w+=/)
  })

  it('is what the server answers for paths it does not have', async () => {
    const server = createServer(serveFolder('public')).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const address = server.address()
    const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    const answer = await fetch(`${base}/%23v1.5k.abc`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(await answer.text()).toBe(page)
    expect((await fetch(`${base}/x`, { method: 'HEAD' })).status).toBe(404)
    server.close()
  })
})
