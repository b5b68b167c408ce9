/** The layouts of the proposals, said in another API: they run there, and devices see the same. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../session/session'
import { compareFlows, translateFlow } from '.'

const LAYOUTS = ['simple', 'multiple-ioasids', 'software-nesting', 'hardware-nesting', 'vsva']

const flowOf = (name: string): string => readFileSync(`src/scenarios/${name}.flow`, 'utf8')

function translated(text: string, to: string): string {
  const done = translateFlow(text, to)
  if ('problem' in done) throw new Error(`${done.line}: ${done.problem}`)
  return done.text
}

/** What each transfer of a device came to, and which expectations are left. */
function seen(text: string) {
  const session = createSession(text)
  const dma = session.steps.filter(({ call }) => call.startsWith('dma_'))
  return {
    ok: session.ok,
    refused: session.steps.filter(({ errno }) => errno !== null).map(step => step.text),
    dma: dma.map(({ text: said, ret }) => `${said} ${ret}`),
  }
}

describe('translate.same: a layout in another API', () => {
  it.each(LAYOUTS.flatMap(name => ['iommufd', 'rfc-v2'].map(to => ({ name, to }))))(
    '$name as $to runs, is refused nothing, and devices see what they saw',
    ({ name, to }) => {
      const text = flowOf(name)
      const other = seen(translated(text, to))
      expect(other).toEqual({ ok: true, refused: [], dma: seen(text).dma })
      expect(other.dma.length).toBeGreaterThan(2)
    },
  )

  it.each(LAYOUTS)('%s by way of the second proposal says the same to Linux', name => {
    const text = flowOf(name)
    expect(seen(translated(translated(text, 'rfc-v2'), 'iommufd'))).toEqual({
      ok: true,
      refused: [],
      dma: seen(text).dma,
    })
  })

  it('is the flow itself in its own dialect', () => {
    expect(translated(flowOf('vsva'), 'rfc-v1')).toBe(flowOf('vsva'))
  })
})

describe('translate.comments: what has no equivalent', () => {
  it('says what people do instead', () => {
    const registered = translated(flowOf('multiple-ioasids'), 'iommufd')
    expect(registered).toContain('// no IOASID_REGISTER_MEMORY: memory is pinned by the map that shows it')
    expect(registered).not.toContain('#policy')
    expect(translated(flowOf('software-nesting'), 'iommufd')).toContain(
      '// no space over another one: the VMM',
    )
    expect(translated(flowOf('hardware-nesting'), 'iommufd')).toContain('// no IOASID_CREATE_NESTING:')
  })

  it('names a refused call and what it broke, and leaves out what was expected of an answer', () => {
    const nested = translated(flowOf('software-nesting'), 'iommufd')
    expect(nested).toContain('// refused with -EFAULT (map.not-in-parent), nothing to carry over:')
    expect(translated(flowOf('simple'), 'iommufd')).toContain(
      '// left out, it is about an answer of the call',
    )
  })

  it('says of containers what people did, in comments alone', () => {
    const lines = translated(flowOf('simple'), 'vfio-type1').split('\n')
    expect(lines.find(line => line.includes('out of its group'))).toContain('// no equivalent: a device')
    expect(lines.filter(line => /^[^/].*\bioctl\(/.test(line))).toEqual([])
  })

  it('keeps comments, notes and blank lines', () => {
    const kept = flowOf('vsva')
      .split('\n')
      .filter(line => /^(\/|note)/.test(line))
    const lines = translated(flowOf('vsva'), 'iommufd').split('\n')
    expect(lines.filter(line => kept.includes(line))).toEqual(kept)
  })
})

describe('translate.branches: conditions', () => {
  const flow = (condition: string): string =>
    `${flowOf('simple')}if (${condition}) {\n  x_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);\n} else {\n  ioctl(ioasid_fd, IOASID_FREE, 77);\n};\nnote("after");\n`

  it('the side that ran is translated, the condition and the other side are comments', () => {
    const lines = translated(flow('1'), 'rfc-v2').split('\n')
    expect(lines).toContain('// if (1) {')
    expect(lines).toContain('x_ioasid = ioctl(ioasid_fd, IOMMU_IOASID_ALLOC);')
    expect(lines).toContain('// ioctl(ioasid_fd, IOASID_FREE, 77);')
    expect(lines.at(-2)).toBe('note("after");')
    expect(seen(lines.join('\n'))).toMatchObject({ ok: true, refused: [] })
  })

  it('of two halves under banners the one that the device reports runs', () => {
    const halves = `#platform smmuv3
#device dev1 pci 0000:00:03.0 pasid=16
device_fd1 = open("/dev/vfio/devices/dev1", O_RDWR);
iommu_fd = open("/dev/iommu", O_RDWR);
ioctl(device_fd1, VFIO_BIND_IOMMU_FD, { .fd = iommu_fd; .cookie = 1 });
gpa_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pgtable = false });
ioctl(device_fd1, VFIO_ATTACH_IOASID, { .fd = iommu_fd; .ioasid = gpa_ioasid });
ioctl(iommu_fd, IOMMU_MAP_DMA, { .ioasid = gpa_ioasid; .iova = 0; .vaddr = 0x40000000; .size = 1GB });
/****** If dev1 reports PASID_DELEGATED=false **********/
gva_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pgtable = true; .parent = gpa_ioasid; .addr = 0x3ff00000 });
/****** If dev1 reports PASID_DELEGATED=true **********/
pasids_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC, { .user_pasid_table = true; .parent = gpa_ioasid; .addr = 0x3fe00000 });
ioctl(device_fd1, VFIO_ATTACH_IOASID, { .fd = iommu_fd; .ioasid = pasids_ioasid });
`
    const text = translated(halves, 'rfc-v1')
    expect(text).toContain('IOASID_BIND_PASID_TABLE')
    expect(text).toContain('// gva_ioasid = ioctl(iommu_fd, IOMMU_IOASID_ALLOC')
    expect(seen(text)).toMatchObject({ ok: true, refused: [] })
  })
})

describe('translate.claims: what a translation still expects holds', () => {
  it('an expectation that does not hold becomes a comment, and what it looked at stays', () => {
    const text = translated(flowOf('group-half-attached'), 'iommufd')
    expect(text).toContain(
      '// not so here (expected "s" == fault): expect(dma_read(dev1, 0x1000, 1) == fault);',
    )
    expect(text).toContain('\ndma_read(dev1, 0x1000, 1);\n')
    expect(seen(text).ok).toBe(true)
  })

  it.each([
    ['a type of space', 'prereg-ioas', 'IOMMU_IOASID_ALLOC'],
    ['a space that is the process', 'sva-process', 'IOMMU_IOASID_ALLOC'],
    ['a PASID table of the guest', 'pasid-table-amd', '.user_pasid_table = 1'],
    ['a PASID that the processor translates', 'vsva-mdev', 'KVM_MAP_PASID'],
    ['what a guest maps by hypercalls', 'papr-over-prereg', 'h_put_tce'],
  ])('carries %s over', (_, name, word) => {
    const text = translated(flowOf(name), 'rfc-v2')
    expect(text).toContain(word)
    expect(text).not.toContain('not so here')
    const { ok, dma } = seen(text)
    expect({ ok, dma }).toEqual({ ok: true, dma: seen(flowOf(name)).dma })
  })

  it.each(['v2-simple', 'v2-dummy-root', 'v2-sva', 'v2-passthrough', 'v2-pasid-table', 'v2-page-fault'])(
    '%s in the first proposal: maps come once a device is in',
    name => {
      const text = translated(flowOf(name), 'rfc-v1')
      expect(text).not.toContain('not so here')
      expect(seen(text)).toMatchObject({ ok: true, refused: [], dma: seen(flowOf(name)).dma })
    },
  )

  it('what the text leaves out is said: devices as they were taken for, files that nothing opened', () => {
    const bare = `ioasid_fd = open("/dev/ioasid", mode);
ioctl(device_fd1, VFIO_BIND_IOASID_FD, ioasid_fd);
gpa_ioasid = ioctl(ioasid_fd, IOASID_ALLOC);
ioctl(device_fd1, VFIO_ATTACH_IOASID, gpa_ioasid);
gva_ioasid = ioctl(ioasid_fd, IOASID_CREATE_NESTING, gpa_ioasid);
at = { .ioasid = gva_ioasid, .flag = IOASID_ATTACH_USER_PASID, .user_pasid = 5 };
ioctl(device_fd1, VFIO_ATTACH_IOASID, &at);
ioctl(kvm_fd, KVM_MAP_PASID, { .ioasid_fd = ioasid_fd, .ioasid = gva_ioasid, .user_pasid = 5 });
`
    const text = translated(bare, 'rfc-v2')
    expect(text).toMatch(/^#device +dev1 mdev /)
    for (const name of ['device_fd1', 'kvm_fd']) expect(text).toMatch(new RegExp(`^${name} = open`, 'm'))
    expect(seen(text)).toMatchObject({ ok: true, refused: [] })
  })

  it('a mail is translated out of its quoting', () => {
    const quoted = flowOf('simple').replaceAll(/^/gm, '> ')
    expect(translated(quoted, 'rfc-v2')).toContain('\ndevice_fd1 = open(')
  })
})

describe('translate.limits: what is not translated', () => {
  it('tells the line of a mistake, and that a source is not read', () => {
    expect(translateFlow('#platform vtd\nioctl(', 'iommufd')).toMatchObject({ line: 2 })
    expect(translateFlow(translated(flowOf('simple'), 'iommufd'), 'rfc-v1')).toMatchObject({ line: 1 })
    expect(translateFlow('', 'toaster')).toMatchObject({ problem: 'no dialect is called toaster' })
  })
})

describe('translate.compare: costs of one flow in several APIs', () => {
  it.each(LAYOUTS)('%s runs as all three', name => {
    const variants = ['rfc-v1', 'rfc-v2', 'iommufd'].map(dialect => ({ label: dialect, dialect }))
    const { runs } = compareFlows(flowOf(name), variants)
    expect(runs.map(run => [run.scenario.dialect, run.ok])).toEqual(
      variants.map(({ dialect }) => [dialect, true]),
    )
    const [first, ...others] = runs.map(run => [run.costs.dmas, run.costs.faults])
    for (const other of others) expect(other).toEqual(first)
  })

  it('tells what is wrong where a flow cannot be put into the words of a choice', () => {
    const text = translated(flowOf('simple'), 'iommufd')
    const { runs } = compareFlows(text, [{ label: 'a' }, { label: 'b', dialect: 'rfc-v1' }])
    expect(runs.map(run => run.ok)).toEqual([true, false])
  })
})
