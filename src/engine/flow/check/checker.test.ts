import { describe, expect, it } from 'vitest'
import { compile, type Diagnostic } from '..'
import { found, WORDS } from '../fixture'

const errors = (text: string): string[] => found(compile(text, WORDS), 'error')
const only = (text: string): Diagnostic => {
  const all = compile(text, WORDS).diagnostics.filter(one => one.severity === 'error')
  const [first] = all
  if (all.length !== 1 || first === undefined) throw new Error(`expected one error, not ${all.length}`)
  return first
}
const mended = (text: string): string => {
  const { fix } = only(text)
  return fix === null ? 'no fix' : text.slice(0, fix.from) + fix.insert + text.slice(fix.to)
}

const OPEN = 'fd = open("/dev/ioasid", mode);\n'

describe('guesses', () => {
  it.each([
    ['the mode of open', 'x = open("/dev/ioasid", some_mode);'],
    ['a cookie', `${OPEN}b = { .fd = fd, .cookie = cookie1 };\nioctl(fd, VFIO_BIND_IOASID_FD, &b);`],
    [
      'the address of a table',
      `${OPEN}b = { .ioasid = 1, .addr = giova_pgtable };\nioctl(fd, IOASID_BIND_PGTABLE, &b);`,
    ],
    ['a PASID', `${OPEN}b = { .ioasid = 1, .user_pasid = gpasid1 };\nioctl(fd, VFIO_ATTACH_IOASID, &b);`],
    ['the fd of a KVM command', `${OPEN}b = { .ioasid_fd = fd };\nioctl(kvm_fd, KVM_MAP_PASID, &b);`],
    ['N', 'f[1...N] = open("/dev/ioasid", mode);'],
  ])('are made for %s', (_what, text) => {
    expect(errors(text)).toEqual([])
  })

  it.each([
    ['an fd', 'ioctl(foo, IOASID_ALLOC);'],
    ['an ioasid', `${OPEN}ioctl(fd, IOASID_FREE, foo);`],
    ['an ioasid in a struct', `${OPEN}a = { .ioasid = foo };\nioctl(fd, IOASID_MAP_DMA, &a);`],
    ['an address', `${OPEN}a = { .iova = foo };\nioctl(fd, IOASID_MAP_DMA, &a);`],
    ['a size', `${OPEN}a = { .size = foo };\nioctl(fd, IOASID_MAP_DMA, &a);`],
    ['the fd of a bind', `${OPEN}ioctl(fd, VFIO_BIND_IOASID_FD, foo);`],
    ['a plain value', 'a = foo;'],
    ['a comparison', 'expect(foo == 1);'],
  ])('are not made for %s', (_what, text) => {
    expect(errors(text).map(error => error.replace(/@.*/, ''))).toEqual(['name.undefined'])
  })

  it('are not made of an UPPER_CASE constant', () => {
    const text = `${OPEN}a = { .ioasid = 1, .flag = IOASID_ATTACH_USER_PASDI };\nioctl(fd, VFIO_ATTACH_IOASID, &a);\n`
    expect(only(text)).toMatchObject({
      code: 'name.unknown-constant',
      hint: 'did you mean IOASID_ATTACH_USER_PASID?',
    })
    expect(mended(text)).toContain('.flag = IOASID_ATTACH_USER_PASID }')
  })
})

describe('the usual lines before a name of an earlier part', () => {
  const ALLOC = 'gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);\n'
  const OPENED = 'ioasid_fd = open("/dev/ioasid", mode);\n'
  const at = (name: string) => `${name} = { .ioasid = gpa_ioasid };\n`
  const member = 'map.ioasid = gpa_ioasid;\n'

  it.each([
    ['the call', '', 'ioctl(ioasid_fd, IOASID_FREE, gpa_ioasid);\n'],
    [
      'the struct, ahead of the call with it',
      '',
      `${at('map')}map.size = 1;\nioctl(ioasid_fd, IOASID_MAP_DMA, &map);\n`,
    ],
    ['a field given alone', 'map.size = 1;\n', `${member}ioctl(ioasid_fd, IOASID_MAP_DMA, &map);\n`],
    ['a struct that no call takes', '', at('unused')],
  ])('stand before %s', (_what, before, after) => {
    expect(mended(OPENED + before + after)).toBe(OPENED + before + ALLOC + after)
  })
})

describe('the usual lines of what the usual lines read', () => {
  it('come first, unless the flow has given it', () => {
    const opens = 'ioasid_fd = open("/dev/ioasid", mode);\n'
    const alloc = 'gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);\n'
    const map = 'map = { .ioasid = gpa_ioasid };\n'
    expect(mended(map)).toBe(opens + alloc + map)
    expect(mended(opens + map)).toBe(opens + alloc + map)
  })
})

describe('near misses come with a fix', () => {
  it.each([
    ['a command', `${OPEN}ioctl(fd, IOASID_ALOC);\n`, 'ioctl(fd, IOASID_ALLOC);'],
    ['a field', `${OPEN}a = { .ioavsid = 1 };\nioctl(fd, IOASID_MAP_DMA, &a);\n`, '{ .ioasid = 1 }'],
    ['a variable', `${OPEN}ioctl(fdd, IOASID_ALLOC);\n`, 'ioctl(fd, IOASID_ALLOC);'],
    ['a call', `${OPEN}iotcl(fd, IOASID_ALLOC);\n`, 'ioctl(fd, IOASID_ALLOC);'],
    ['a missing comma', `${OPEN}ioctl(fd IOASID_ALLOC);\n`, 'ioctl(fd, IOASID_ALLOC);'],
    ['a missing parenthesis', `${OPEN}ioctl(fd, IOASID_ALLOC;\n`, 'ioctl(fd, IOASID_ALLOC);'],
  ])('%s', (_what, text, expected) => {
    expect(mended(text)).toContain(expected)
  })
})

describe('reports', () => {
  it('finds every mistake of a text, each at its place', () => {
    const mistakes = Array.from({ length: 24 }, (_, i) => `x${i} = ioctl(fd, IOASID_ALOC);\n`).join('')
    const program = compile(OPEN + mistakes, WORDS)
    expect(found(program, 'error')).toEqual(Array.from({ length: 24 }, (_, i) => `command.unknown@${i + 2}`))
    for (const { span } of program.diagnostics.filter(one => one.code === 'command.unknown')) {
      expect(program.text.slice(span.from, span.to)).toBe('IOASID_ALOC')
    }
  })

  it('does not repeat a mistake for every use of the name it broke', () => {
    const text = `${OPEN}g = ioctl(fd IOASID_ALLOC);\nioctl(fd, IOASID_FREE, g);\n`
    expect(errors(text)).toEqual(['syntax.missing-comma@2'])
  })

  it('says of a loop that there is none, and no more', () => {
    const loops = 'for (i = 0; i < 3; i++) {\n\tif (i) break;\n}\nwhile (1) { continue; }\n'
    expect(errors(`${OPEN}i = 0;\n${loops}`)).toEqual(['syntax.loop@3', 'syntax.loop@6'])
  })

  it('warns where a repetition keeps only its last value, and has none in a condition', () => {
    const text = `${OPEN}x = [1...3];\nint y = 1 + [1...3];\ndev_fd[1...2] = 0;\nif ([1...2] == 2) { x = 0; }\n`
    const program = compile(text, WORDS)
    expect(found(program, 'warning')).toEqual(['repeat.last@2', 'repeat.last@3'])
    expect(found(program, 'error')).toEqual(['repeat.condition@5'])
  })

  it('reports an undefined name once', () => {
    expect(errors(`ioctl(foo, IOASID_ALLOC);\nioctl(foo, IOASID_ALLOC);\n`)).toEqual(['name.undefined@1'])
  })

  it('counts the aliases it read', () => {
    const text = `${OPEN}a = { .ioasid = 1, .address = t };\nioctl(fd, IOASID_BIND_PGTABLE, &a);\nm = { .iova = 0 };\nioctl(fd, IOASID_DMA_MAP, &m);\n`
    const alias = compile(text, WORDS).diagnostics.find(one => one.code === 'alias.read')
    expect(alias?.message).toBe('2 aliases read: .address = .addr, IOASID_DMA_MAP = IOASID_MAP_DMA')
  })

  it.each([
    ['call.arguments@2', `${OPEN}ioctl(fd);\n`],
    ['call.arguments@2', `${OPEN}close(fd, fd);\n`],
    ['call.arguments@2', `${OPEN}ioctl(fd, IOASID_FREE);\n`],
    ['call.needs-struct@2', `${OPEN}ioctl(fd, IOASID_MAP_DMA, 5);\n`],
    ['device.unknown@1', 'dma_read(dev9, 0, 4);\n'],
    ['syntax.loop@1', 'for (i = 0; i < 4; i++) {\n}\n'],
    ['syntax.target@2', `${OPEN}ioctl(fd, IOASID_ALLOC) = 6;\n`],
    ['field.positional@1', 'a = { 5 };\n'],
    ['field.colon@1', 'a = { iova: 5, .size = 4KB };\n'],
    ['syntax.unexpected-word@2', `${OPEN}Then ioctl(fd, IOASID_ALLOC);\n`],
  ])('%s', (expected, text) => {
    expect(errors(text)).toContain(expected)
  })

  it('warns of a field that only an earlier call knew', () => {
    const text = `${OPEN}m = { .iova = 0, .vaddr = 0 };\nioctl(fd, IOASID_MAP_DMA, &m);\nioctl(fd, IOASID_UNMAP_DMA, &m);\n`
    const program = compile(text, WORDS)
    expect(found(program, 'error')).toEqual([])
    expect(found(program, 'warning')).toEqual(['field.ignored@2'])
  })
})

describe('the dialect', () => {
  const dialect = (text: string, options = {}) => {
    const { dialect: id, dialectFrom } = compile(text, WORDS, options)
    return `${id} ${dialectFrom}`
  }

  it.each([
    ['fd = open("/dev/ioasid", mode);', 'rfc-v1 told'],
    ['fd = open("/dev/iommu", mode);\ng = ioctl(fd, IOMMU_IOASID_ALLOC);', 'rfc-v2 told'],
    ['fd = open("/dev/iommu", mode);\nioctl(d, VFIO_BIND_IOASID_FD, fd);', 'rfc-v2 told'],
    ['fd = open("/dev/iommu", mode);\ng = ioctl(fd, IOMMU_IOAS_ALLOC);', 'iommufd told'],
    ['g = ioctl(fd, IOMMU_IOASID_ALLOC);', 'rfc-v2 told'],
    ['#dialect iommufd\nfd = open("/dev/ioasid", mode);', 'iommufd directive'],
    ['x = 1;', 'rfc-v1 default'],
  ])('%s', (text, expected) => {
    expect(dialect(text)).toBe(expected)
  })

  it('is what the caller says before all else', () => {
    expect(dialect('#dialect rfc-v1\nx = 1;', { dialect: 'rfc-v2' })).toBe('rfc-v2 option')
  })

  it('is an assumption where it was told', () => {
    const { assumptions } = compile('fd = open("/dev/ioasid", mode);', WORDS)
    expect(assumptions).toContainEqual({
      name: 'dialect',
      value: 'rfc-v1',
      line: null,
      directive: '#dialect rfc-v1',
      fix: null,
    })
    expect(assumptions).toContainEqual({
      name: 'platform',
      value: 'vtd',
      line: null,
      directive: '#platform vtd',
      fix: null,
    })
  })

  it('named and unknown is an error with the nearest', () => {
    expect(only('#dialect rfcv1\nx = 1;')).toMatchObject({
      code: 'dialect.unknown',
      hint: 'did you mean rfc-v1 or rfc-v2?',
    })
  })
})
