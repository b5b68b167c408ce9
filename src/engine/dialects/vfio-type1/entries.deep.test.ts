/** How many mappings a container takes: iommufd facts 7.1, 7.2. */
import { expect, it } from 'vitest'
import { MOST_ENTRIES } from '../../kernel/type1'
import { PAGE, Type1, VADDR } from './fixture'

it('takes 65535 mappings and no more; an unmap gives one back (type1.entries)', () => {
  const type1 = new Type1()
  type1.begin()
  for (let page = 0; page < 65_535; page++) expect(type1.map(page * 2 * PAGE, PAGE)).toBe('ok')
  const beyond = 2 * MOST_ENTRIES * PAGE
  const fields = { vaddr: VADDR, iova: beyond, size: PAGE, flags: 3 }
  expect(type1.bench.ioctl(type1.container, 'VFIO_IOMMU_MAP_DMA', fields)).toMatchObject({
    errno: 'ENOSPC',
    rule: 'type1.entries',
  })
  expect(type1.info(4096)).toMatchObject({ caps: [{}, { avail: 0 }, {}] })
  expect(type1.unmap(0, PAGE)).toBe(PAGE)
  expect(type1.map(beyond, PAGE)).toBe('ok')
})
