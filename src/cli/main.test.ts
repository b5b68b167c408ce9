/** The command line as a process: standard streams, exit codes, the real engine. */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const COMMAND = ['src/tooling/ioas.mjs']
const README = readFileSync('README.md', 'utf8')
const SIMPLE = 'src/scenarios/simple.flow'
const MAPPED = `
device_fd1 = open("/dev/vfio/devices/dev1", mode);
ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
at_data = { .ioasid = gpa_ioasid };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at_data);
dma_map = { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB; };
ioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);
`

const ioas = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [...COMMAND, ...args], { input, encoding: 'utf8' })

describe('ioas', () => {
  it('runs a file and prints its object', () => {
    const { status, stdout } = ioas(['run', SIMPLE, '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ scenario: { dialect: 'rfc-v1' }, ok: true })
  })

  it('reads standard input for -', () => {
    const failing = 'fd = open("/dev/ioasid", mode);\nexpect(fd == 1000);\n'
    const { status, stdout, stderr } = ioas(['run', '-'], failing)
    expect(status).toBe(1)
    expect(stdout).toContain('fails')
    expect(stderr).toContain('-:2: expect failed')
  })

  it('reports a broken text where compilers do, with 2', () => {
    const { status, stderr, stdout } = ioas(
      ['run', '-', '--json'],
      'ioctl(nothing_made_this_fd, IOASID_ALLOC);\n',
    )
    expect(status).toBe(2)
    expect(stderr).toMatch(/^-:1:\d+: error: /m)
    expect(JSON.parse(stdout).ok).toBe(false)
  })

  it.each([
    ['no-such.flow', 'there is no such file'],
    ['src', 'it is a folder'],
  ])('refuses %s with 3', (file, reason) => {
    const { status, stdout, stderr } = ioas(['run', file])
    expect(status).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toContain(reason)
  })

  it('reads UTF-16 by its byte order mark', () => {
    const input = Buffer.from('\ufeffioasid_fd = open("/dev/ioasid", mode);\n', 'utf16le')
    const { stdout } = spawnSync(process.execPath, [...COMMAND, 'run', '-', '--json'], {
      input,
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout).steps).toMatchObject([{ n: 1, call: 'open', ret: 3 }])
  })

  it('refuses an empty platform as it does an unknown one', () => {
    expect(ioas(['run', SIMPLE, '--platform', '']).status).toBe(3)
  })

  it.runIf(existsSync('/dev/full'))('says so in a line where nothing takes the result', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [...COMMAND, 'run', SIMPLE], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect([status, stderr]).toEqual([74, 'ioas: cannot write the result: ENOSPC\n'])
  })

  it('computes the matrix', () => {
    const { status, stdout } = ioas(['matrix', '--platform', 'papr', '--json'])
    expect(status).toBe(0)
    const { scenario, cells } = JSON.parse(stdout)
    expect(scenario).toMatchObject({ dialect: 'rfc-v1', platform: 'papr' })
    const bound = cells.find((cell: { type: string }) => cell.type === 'user-child')
    expect(bound).toMatchObject({ operation: 'map', result: 'no-type', errno: 'EOPNOTSUPP' })
  })

  it('walks from a device to memory', () => {
    const { status, stdout } = ioas(['walk', '-', '--device', 'dev1', '--addr', '0x1000', '--json'], MAPPED)
    const walk = JSON.parse(stdout)
    expect(status).toBe(0)
    expect(walk).toMatchObject({ ok: true, fault: null })
    // Pages of 4 KiB or more keep the last 12 bits.
    expect(BigInt(walk.output) % 4096n).toBe(0n)
    expect(walk.references.at(-1)).toMatchObject({
      stage: 'second',
      value: expect.stringMatching(/^0x[0-9a-f]+$/),
    })
  })

  it('tells of a fault under two stages which guest address the second was asked for', () => {
    const bound = `${MAPPED}
child_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
ioctl(device_fd1, VFIO_ATTACH_IOASID, child_ioasid);
ioctl(ioasid_fd, IOASID_BIND_PGTABLE, { .ioasid = child_ioasid; .addr = 0x50000000 });
`
    const args = ['walk', '-', '--device', 'dev1', '--addr', '0x1008']
    // The root of the guest's table, whose first entry the address needs, is not in what the parent maps.
    const { fault } = JSON.parse(ioas([...args, '--json'], bound).stdout)
    expect(fault).toMatchObject({ code: '0x75', address: '0x1008', guestAddress: '0x50000000' })
    expect(ioas(args, bound).stdout).toContain('for guest address 0x50000000')
  })

  it('answers as the README shows', () => {
    const [, args, shown] = /^ {4}\$ npm run --silent ioas -- (.*)\n((?: {4}.*\n)+)/m.exec(README) ?? []
    expect(args).toMatch(/^walk /)
    expect(ioas(args?.split(' ') ?? []).stdout).toBe(shown?.replaceAll(/^ {4}/gm, ''))
  })

  it('has the commands of the README', () => {
    const written = Array.from(README.matchAll(/^ {4}npm run --silent ioas -- (\w+)/gm), match => match[1])
    const told = Array.from(ioas(['--help']).stdout.matchAll(/^ {2}(\w+) \[options\]/gm), match => match[1])
    expect(new Set(written)).toEqual(new Set(told))
  })

  it('exports a drawing fit for mail', () => {
    const { status, stdout } = ioas(['export', '-', '--as', 'ascii'], MAPPED)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/)
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(74)
  })

  it('gives a file back byte for byte through a link, wrapped and quoted as mail does', () => {
    const bytes = Buffer.from('\ufeff#title \u00dc\r\n\tnote("\u{1f600} \0");\r\n\n  ')
    const made = spawnSync(process.execPath, [...COMMAND, 'link', '-'], { input: bytes })
    expect(made.status).toBe(0)
    const mail = `On Monday somebody wrote:\n> ${made.stdout.toString().trim().replace(/.{40}/g, '$&\n> ')}\n> .\n`
    const opened = spawnSync(process.execPath, [...COMMAND, 'open', '-'], { input: mail })
    expect(opened.stderr.toString()).toBe('')
    expect(opened.stdout.equals(bytes)).toBe(true)
    const cut = ioas(['open', made.stdout.toString().trim().slice(0, -5)])
    expect([cut.status, cut.stdout]).toEqual([2, ''])
    expect(cut.stderr).toContain('5 of its')
  })

  it('ends quietly when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [...COMMAND, 'run', SIMPLE, '--json'])
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.stdout.destroy()
    const code = await new Promise(done => child.on('close', done))
    expect({ code, stderr: stderr.replace(/^.*assumed.*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
  })
})
