import { describe, expect, it } from 'vitest'
import { fakeEngine, stepOf } from './fake-engine.fixture'
import { runCommandLine } from './program'

const line = (args: readonly string[], input: Uint8Array | string = '') =>
  runCommandLine(args, fakeEngine({ steps: [stepOf(1), stepOf(2)] }), async () =>
    typeof input === 'string' ? new TextEncoder().encode(input) : input,
  )
const linkOf = async (input: Uint8Array | string, ...more: readonly string[]) =>
  (await line(['link', 'a.flow', ...more], input)).stdout.trim()

describe('link and open', () => {
  it.each([
    ['', 'nothing'],
    ['fd = open("/dev/ioasid", mode);\n', 'a line'],
    ['\ufeffa\r\n\tb  \r\n\rc', 'a byte order mark, CRLF, tabs, no last line end'],
    ['\u{1f600}\0\u202e', 'astral characters, NUL, bidi'],
  ])('give back %j', async text => {
    const link = await linkOf(text)
    expect(await line(['open', link])).toEqual({ stdout: text, stderr: '', code: 0 })
    expect(await line(['open', '-'], `> See <${link}>.\n`)).toMatchObject({ stdout: text, code: 0 })
  })

  it('put the link behind the address asked for', async () => {
    expect(await linkOf('x')).toMatch(/^http:\/\/127\.0\.0\.1:4173\/#v1\.[\w.-]+$/)
    expect(await linkOf('x', '--base', 'https://example.org/ioas/')).toMatch(
      /^https:\/\/example\.org\/ioas\/#v1\./,
    )
  })

  it('keep the step', async () => {
    const link = await linkOf('x', '--step', '12')
    const { stdout } = await line(['open', link, '--json'])
    expect(JSON.parse(stdout)).toEqual({ text: 'x', view: { step: 12 } })
  })

  it('refuse bytes that are no UTF-8 and say where', async () => {
    const bytes = new Uint8Array([0x61, 0xc3, 0xa9, 0xff, 0x62])
    const outcome = await line(['link', 'a.flow'], bytes)
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('byte 3 is not UTF-8')
  })

  it('warn of a link that many programs cut', async () => {
    const lines = Array.from({ length: 1500 }, (_, i) => `0x${Math.imul(i + 1, 2654435761).toString(16)}`)
    const outcome = await line(['link', 'a.flow'], lines.join('\n'))
    expect(outcome.code).toBe(0)
    expect(outcome.stdout.length).toBeGreaterThan(8000)
    expect(outcome.stderr).toContain('send the file')
  })

  it.each([
    ['cut', (link: string) => link.slice(0, -9), '9 of its'],
    ['changed', (link: string) => link.replace(/.(?=.{12}$)/, c => (c === 'A' ? 'B' : 'A')), 'damaged'],
    ['not one', () => 'https://example.org/', 'no link'],
  ])('say what is wrong with a link that is %s, and print nothing else', async (_how, broken, says) => {
    const outcome = await line(['open', broken(await linkOf('some text to carry'))])
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain(says)
  })

  it.each([['no address'], ['https://example.org/#x'], ['https://exa mple.org/']])(
    'refuse %j as what stands before #',
    async base => {
      expect(await line(['link', 'a.flow', '--base', base])).toMatchObject({ code: 3, stdout: '' })
    },
  )
})

describe('export --as mail', () => {
  const mail = async (...more: readonly string[]) =>
    (await line(['export', 'a.flow', '--as', 'mail', ...more], 'x')).stdout

  it('ends in the link of the step', async () => {
    const [, link = ''] = (await mail('--step', '1', '--base', 'https://e.org/')).split('\n')
    expect(link).toMatch(/^https:\/\/e\.org\/#v1\./)
    expect(JSON.parse((await line(['open', link, '--json'])).stdout)).toEqual({
      text: 'x',
      view: { step: 1 },
    })
    expect(await mail()).toContain(await linkOf('x'))
  })

  it('has no link where the command line changed what the text says', async () => {
    expect(await mail('--platform', 'p-two')).not.toContain('#v1.')
  })
})
