/**
 * The three layouts that the kernel's documentation draws (Documentation/userspace-api/iommufd.rst, user-visible
 * objects): which box has which number, and which arrow leads where, are told here as the text and the pictures there
 * tell them; [n] is the n-th operation there, and the flows make the objects in that order.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSession } from '../../session/session'
import { graphView } from '../graph'
import { readDiagram } from './diagram-reading.fixture'
import { asciiGraph } from './index'

const scenario = (name: string) =>
  readFileSync(new URL(`../../../scenarios/${name}.flow`, import.meta.url), 'utf8')

function drawn(text: string, step?: number): string {
  const session = createSession(text)
  session.seek(step ?? session.steps.length)
  return asciiGraph(graphView(session))
}

const PAGING = '(paging) iommu_domain'
const NESTED = '(nested) iommu_domain'

describe('the layouts of the documentation', () => {
  it('plain: a device on the page table of an IOAS', () => {
    const { title, boxes, arrows } = readDiagram(drawn(scenario('iommufd-plain')))
    expect(title).toBe('iommufd (HWPT_PAGING only)')
    expect(boxes).toEqual([PAGING, '[1] IOAS', '[2] DEVICE', '[3] HWPT_PAGING', 'struct device'])
    expect(arrows).toEqual([
      `DEVICE > HWPT_PAGING`,
      `DEVICE > struct device`,
      `HWPT_PAGING > ${PAGING}`,
      `HWPT_PAGING > IOAS`,
      `IOAS > ${PAGING}`,
      `struct device > ${PAGING}`,
    ])
  })

  it('nested: a table of the user between them', () => {
    const { title, boxes, arrows } = readDiagram(drawn(scenario('iommufd-nested')))
    expect(title).toBe('iommufd (with HWPT_NESTED)')
    expect(boxes).toEqual([
      ...[NESTED, PAGING, '[1] IOAS', '[2] DEVICE', '[3] HWPT_PAGING', '[4] HWPT_NESTED', 'struct device'],
    ])
    expect(arrows).toEqual([
      `${NESTED} > ${PAGING}`,
      `DEVICE > HWPT_NESTED`,
      `DEVICE > struct device`,
      `HWPT_NESTED > ${NESTED}`,
      `HWPT_NESTED > HWPT_PAGING`,
      `HWPT_PAGING > ${PAGING}`,
      `HWPT_PAGING > IOAS`,
      `IOAS > ${PAGING}`,
      `struct device > ${NESTED}`,
    ])
  })

  it('with a vIOMMU, which stands around the parent, and a vDEVICE, which the device leads to', () => {
    const { title, boxes, arrows } = readDiagram(drawn(scenario('iommufd-viommu')))
    const viommu = 'vIOMMU [3] (HWPT_PAGING)'
    expect(title).toBe('iommufd (with vIOMMU/vDEVICE)')
    expect(boxes).toEqual(
      [
        ...[NESTED, PAGING, '[1] IOAS', '[2] DEVICE', '[4] HWPT_NESTED', `[5] ${viommu}`, '[6] vDEVICE'],
        ...['struct device', 'struct iommu_device'],
      ].sort(),
    )
    expect(arrows).toEqual(
      [
        `${NESTED} > ${PAGING}`,
        `DEVICE > HWPT_NESTED`,
        `DEVICE > struct device`,
        `DEVICE > vDEVICE`,
        `HWPT_NESTED > ${NESTED}`,
        `HWPT_NESTED > ${viommu}`,
        `${viommu} > ${PAGING}`,
        `${viommu} > IOAS`,
        `${viommu} > struct iommu_device`,
        `IOAS > ${PAGING}`,
        `struct device > ${NESTED}`,
        `vDEVICE > ${viommu}`,
      ].sort(),
    )
  })

  it.each(['iommufd-plain', 'iommufd-nested', 'iommufd-viommu'])('%s is fit for mail at every step', name => {
    const { steps } = createSession(scenario(name))
    for (let step = 0; step <= steps.length; step++) {
      const text = drawn(scenario(name), step)
      expect(text).toMatch(/^[\x20-\x7e\n]*\n$/)
      for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(74)
    }
  })

  it('tells below what each object is, by its number and the id that calls know it by', () => {
    const text = drawn(scenario('iommufd-viommu'))
    expect(text).toContain('\n  [3] HWPT_PAGING  id 5, manual, nest parent\n')
    expect(text).toContain('\n  [6] vDEVICE  id 8')
  })
})

describe('parts of them', () => {
  const at = (name: string, count: number) => readDiagram(drawn(scenario(name), count))

  it('have no arrow that no object holds: a device that is bound and attached to nothing', () => {
    const { arrows } = at('iommufd-plain', 4)
    expect(arrows).toEqual(['DEVICE > struct device'])
  })
})

describe('what has no place in them', () => {
  it('a fault queue is not left out: all is drawn as a tree, its reference too', () => {
    const text = drawn(
      `${scenario('iommufd-viommu')}fault = {};\nioctl(iommufd, IOMMU_FAULT_QUEUE_ALLOC, &fault);
more = { .flags = IOMMU_HWPT_FAULT_ID_VALID; .fault_id = fault.out_fault_id; .dev_id = mock.out_idev_id; .pt_id = parent.out_hwpt_id; .data_type = 0xdead; .data_len = 4; .data_uptr = "efbead0b"; };
ioctl(iommufd, IOMMU_HWPT_ALLOC, &more);
`,
    )
    expect(text).toMatch(/- -> FAULT \(\d+\) {2}fault_id\+\n/)
    expect(text).not.toContain('____')
  })

  it('two page tables of one IOAS are drawn as any graph is, and nothing is left out', () => {
    const text = drawn(
      `${scenario('iommufd-plain')}second = { .dev_id = bind.out_devid; .pt_id = ioas.out_ioas_id; };\nioctl(iommufd, IOMMU_HWPT_ALLOC, &second);\n`,
    )
    expect(text.match(/HWPT_PAGING/g)).toHaveLength(2)
    expect(text).not.toContain('iommu_domain')
  })
})
