import { describe, expect, it } from 'vitest'
import { compile } from '..'
import { found, WORDS } from '../fixture'

const stage = (text: string, options = {}) => {
  const program = compile(text, WORDS, options)
  expect(found(program, 'error')).toEqual([])
  return program.stage
}
const errors = (text: string): string[] => found(compile(text, WORDS), 'error')

describe('what two directives say of one thing', () => {
  it.each([
    ['#device a pci 0000:00:03.0\n#device a pci 0000:00:04.0\n', 'directive.malformed@2'],
    ['#device a pci 0000:00:03.0\n#device b pci 00:03.0\n', 'directive.malformed@2'],
    ['#device a pci 0000:00:03.0\n#window 7 devices=a,b\n', 'directive.malformed@2'],
    ['#window 7 devices=dev1\n#device dev2 pci 0000:00:03.0\n', 'directive.malformed@1'],
  ])('%j is a mistake', (text, expected) => {
    expect(errors(text)).toEqual([expected])
  })

  it('a knob set again is told, and the last counts', () => {
    const program = compile('#policy unmap=exact\n#policy unmap=type1v2\n', WORDS)
    expect(found(program, 'warning')).toEqual(['policy.twice@2'])
    expect(program.stage.policy).toEqual({ unmap: 'type1v2' })
  })
})

describe('#device', () => {
  it('takes every option', () => {
    const text =
      '#device dev1 pci 0000:00:03.0 group 7 pasid=16 ats pri nosnoop type 7 path /dev/vfio/devices/vfio0\n' +
      '#device m mdev dev1\n#device s swmdev pasid\n#device b pci 3a:1f.7\n'
    const [dev1, mdev, soft, short] = stage(text).devices
    expect(dev1).toMatchObject({
      name: 'dev1',
      kind: 'pci',
      rid: '0000:00:03.0',
      parent: null,
      group: 7,
      pasidBits: 16,
      ats: true,
      pri: true,
      nosnoop: true,
      driver: null,
      type: 7,
      path: '/dev/vfio/devices/vfio0',
    })
    expect(mdev).toMatchObject({ kind: 'mdev', parent: 'dev1', rid: null, pasidBits: null })
    expect(soft).toMatchObject({ kind: 'swmdev', rid: null, pasidBits: 20 })
    expect(short?.rid).toBe('0000:3a:1f.7')
    expect(dev1?.span).toMatchObject({ line: 1, column: 1 })
  })

  it.each([
    '#device',
    '#device dev1 usb',
    '#device dev1 pci 00:20.0',
    '#device dev1 pci banana',
    '#device dev1 pci 00:03.0 type 9',
    '#device dev1 pci 00:03.0 pasid=21',
    '#device dev1 pci 00:03.0 atx',
    '#device dev1 pci 00:03.0\n#device dev1 pci 00:04.0',
  ])('refuses %s', text => {
    expect(errors(text).map(error => error.replace(/@.*/, ''))).toEqual(['directive.malformed'])
  })
})

describe('#memory, #memlock, #poke', () => {
  it('read sizes with units, apart or not', () => {
    const read = stage(
      '#memory 0x40000000 1 GB guest gpa=4G pages=scattered ro // guest RAM\n#memory 0 64K pages=4k\n#memlock 2MB\n#poke 0x1000 0xdeadbeef\n',
    )
    expect(read.memory[0]).toMatchObject({
      hva: 0x4000_0000n,
      size: 1n << 30n,
      guest: true,
      gpa: 4n << 30n,
      pages: 'scattered',
      readOnly: true,
    })
    expect(read.memory[1]).toMatchObject({
      hva: 0n,
      size: 65536n,
      guest: false,
      gpa: null,
      pages: '4K',
      readOnly: false,
    })
    expect(read.memlock).toBe(2n << 20n)
    expect(read.pokes[0]).toMatchObject({ address: 0x1000n, value: 0xdead_beefn })
  })

  it('put guest memory at GPA 0 and leave memlock unlimited by default', () => {
    const read = stage('#memory 0x40000000 1GB guest\n')
    expect(read.memory[0]?.gpa).toBe(0n)
    expect(read.memlock).toBeNull()
  })

  it.each([
    '#memory',
    '#memory 0x1000 0',
    '#memory 0xffffffffffffffff 2',
    '#memory 0 8K\n#memory 4K 4K',
    '#memory 0 4K gpa=1G',
    '#memory 0 4K pages=8K',
    '#memlock lots',
    '#poke 0x1001 1',
    '#poke 0x1000',
  ])('refuse %s', text => {
    expect(errors(text).map(error => error.replace(/@.*/, ''))).toEqual(['directive.malformed'])
  })
})

describe('#window', () => {
  it('has defaults for all but its number', () => {
    const [plain, full] = stage(
      '#window 0x80000001\n#window 2 start=0x800000000000000 size=4GB page=64K levels=3 devices=dev1,dev2 space=giova\n',
    ).windows
    expect(plain).toMatchObject({
      liobn: 0x8000_0001,
      start: 0n,
      size: 1n << 30n,
      pageSize: 4096n,
      levels: 1,
      devices: [],
      space: null,
    })
    expect(full).toMatchObject({
      start: 0x800_0000_0000_0000n,
      size: 4n << 30n,
      pageSize: 65536n,
      levels: 3,
      devices: ['dev1', 'dev2'],
      space: 'giova',
    })
  })

  it.each([
    '#window',
    '#window 1 page=8K',
    '#window 1 levels=6',
    '#window 1 start=0x800',
    '#window 1\n#window 1',
    '#window 1 foo=2',
  ])('refuses %s', text => {
    expect(errors(text).map(error => error.replace(/@.*/, ''))).toEqual(['directive.malformed'])
  })
})

describe('#platform and #policy', () => {
  it('take key=value and bare values', () => {
    expect(stage('#platform vtd legacy levels=3').platform).toEqual({
      id: 'vtd',
      params: { mode: 'legacy', levels: '3' },
    })
    expect(stage('#policy prereg=ioas unmap=type1').policy).toEqual({ prereg: 'ioas', unmap: 'type1' })
    expect(stage('#policy prereg=ioas\n#policy unmap=type1').policy).toEqual({
      prereg: 'ioas',
      unmap: 'type1',
    })
  })

  it.each([
    ['platform.unknown@1', '#platform vdt'],
    ['platform.parameter@1', '#platform vtd foo=1'],
    ['platform.value@1', '#platform vtd mode=legcy'],
    ['platform.value@1', '#platform vtd levels=many'],
    ['policy.unknown@1', '#policy prregg=ioas'],
    ['policy.value@1', '#policy prereg=iosa'],
    ['directive.twice@2', '#platform vtd\n#platform vtd'],
  ])('%s', (expected, text) => {
    expect(errors(text)).toEqual([expected])
  })

  it('yield to what the caller says', () => {
    const given = { platform: 'papr', policy: { unmap: 'type1v2' } }
    const read = stage('#platform vtd legacy\n#policy unmap=exact prereg=none', given)
    expect(read.platform).toEqual({ id: 'papr', params: {} })
    expect(read.policy).toEqual({ unmap: 'type1v2', prereg: 'none' })
  })
})

describe('#title and unknown words', () => {
  it('keeps the title as written', () => {
    expect(stage('#title  Two devices: one behind a vIOMMU  ').title).toBe('Two devices: one behind a vIOMMU')
  })

  it('lets other # lines be', () => {
    expect(errors('## A heading\n# a note\n#banana split\n#define X 1\n')).toEqual([])
  })
})
