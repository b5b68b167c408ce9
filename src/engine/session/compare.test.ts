import { describe, expect, it } from 'vitest'
import { compareRuns, type Variant } from './compare'
import { FLOW } from './compare.fixture'

const compared = (text: string, ...variants: readonly Omit<Variant, 'label'>[]) =>
  compareRuns(
    text,
    variants.map((variant, at) => ({ label: `${at}`, ...variant })),
  ).runs

describe('comparing runs', () => {
  it('counts what each came to: calls, entries, pages, DMAs and their references', () => {
    const [run] = compared(FLOW, {})
    // 1 MiB in pieces of 4 KiB: 256 leaves below three entries; a walk is 4 configuration entries and 4 levels.
    expect(run?.costs).toMatchObject({
      calls: 7,
      hotCalls: 0,
      entriesWritten: 256 + 3,
      tableBytes: 4 * 4096,
      pinned: 256,
      charged: 256,
      accountedPages: 256,
      dmas: 2,
      faults: 1,
      cold: 8,
      warm: 4,
    })
    expect(run).toMatchObject({ parts: null, ok: true, problems: [] })
  })

  it('names the step whose answer differs first, and both answers', () => {
    const [, run] = compared(FLOW, {}, { policy: { prereg: 'none' } })
    expect(run?.parts).toMatchObject({
      n: 4,
      line: 7,
      by: 'answer',
      first: '0',
      here: '-ENOTTY register.off',
    })
    expect(run?.costs.accountedPages).toBe(256)
  })

  it('names the step whose cost differs first where the answers do not', () => {
    const [, same, smaller] = compared(FLOW, {}, {}, { platform: 'papr' })
    expect(same?.parts).toBeNull()
    expect(smaller?.parts).toMatchObject({ by: 'cost' })
    expect(smaller?.scenario.platform).toBe('papr')
  })

  it('names where the flow itself goes another way, and a run that ends sooner', () => {
    const branch = `${FLOW}n = ioctl(ctx, IOASID_CHECK_EXTENSION, EXT_USER_PAGE_TABLE);
if (n) { note("yes"); } else { dma_read(fd, 0, 1); }
`
    const [, run] = compared(branch, {}, { platform: 'papr' })
    expect(run?.parts?.by).toBe('cost')
    const quiet = branch.replace(/^(mem|ioctl|gpa|dma).*\n/gm, '')
    const [, other] = compared(quiet, {}, { platform: 'papr' })
    expect(other?.parts).toMatchObject({ n: 3, by: 'answer', first: '1', here: '0' })
    const wrong = `${FLOW}oops = nothing_given;\nclose(fd);\n`
    expect(compared(wrong, {})[0]?.problems[0]).toMatchObject({ kind: 'text', line: 14 })
  })

  it('tells expects that fail under one choice alone', () => {
    const text = `${FLOW}expect(ioctl(ctx, IOASID_REGISTER_MEMORY, { .vaddr = 0x40200000, .size = 4KB }) == 0);\n`
    const [fine, failed] = compared(text, {}, { policy: { prereg: 'none' } })
    expect([fine?.ok, fine?.problems]).toEqual([true, []])
    expect(failed).toMatchObject({ ok: false, problems: [{ kind: 'expect', line: 14 }] })
  })

  it("puts another way of viommu in place of the flow's", () => {
    const text = `${FLOW}viommu(dev1, gpa, shadow);\nguest_map(t, 0x2000, 0x1000, 4KB);\nguest_unmap(t, 0x2000, 4KB);\n`
    const runs = compared(text, {}, { viommu: 'mirror' }, { viommu: 'nested' })
    expect(runs.map(run => run.costs.hotCalls)).toEqual([2, 2, 1])
  })
})
