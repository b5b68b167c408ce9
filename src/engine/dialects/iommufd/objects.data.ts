/**
 * The objects of an iommufd file as the kernel's documentation names them, and the fields by which one is told of
 * another. The test driver's own devices have no row: they are drawn as the DEVICE they made.
 *
 * Source: iommufd facts 1.1, 1.2; the object list of Documentation/userspace-api/iommufd.rst.
 */
import type { IoType } from '../../kernel/iommu'
import type { DiagramPlace, DiagramWords, ObjectWords } from '../contract'

const drawn = (place: DiagramPlace, name: string, struct?: DiagramWords['struct']) => ({
  diagram: { place, name, ...(struct === undefined ? {} : { struct }) },
})

export const FILE_DIAGRAM: DiagramWords = { place: 'file', name: 'iommufd' }

export const OBJECT_WORDS: Readonly<Partial<Record<IoType, ObjectWords>>> = {
  IOAS: { title: 'IOAS', variant: 'kernel', refs: {}, ...drawn('ioas', 'IOAS') },
  HWPT_PAGING: {
    title: 'HWPT_PAGING',
    variant: 'kernel',
    refs: { ioas: 'pt_id', fault: 'fault_id' },
    ...drawn('paging', 'HWPT_PAGING', ['(paging)', 'iommu_domain']),
  },
  HWPT_NESTED: {
    title: 'HWPT_NESTED',
    variant: 'user-table',
    refs: { parent: 'pt_id', fault: 'fault_id' },
    ...drawn('nested', 'HWPT_NESTED', ['(nested)', 'iommu_domain']),
  },
  DEVICE: { title: 'DEVICE', variant: 'pci', refs: {}, ...drawn('device', 'DEVICE', ['struct', 'device']) },
  ACCESS: { title: 'ACCESS', variant: 'sva', refs: { ioas: 'ioas_id' } },
  FAULT: { title: 'FAULT', variant: 'passthrough', refs: {} },
  VIOMMU: {
    title: 'vIOMMU',
    variant: 'viommu',
    refs: { hwpt: 'hwpt_id' },
    ...drawn('viommu', 'vIOMMU', ['struct', 'iommu_device']),
  },
  VDEVICE: {
    title: 'vDEVICE',
    variant: 'viommu',
    refs: { viommu: 'viommu_id', device: 'virt_id' },
    ...drawn('vdevice', 'vDEVICE'),
  },
  VEVENTQ: { title: 'vEVENTQ', variant: 'passthrough', refs: { viommu: 'viommu_id' } },
  HW_QUEUE: { title: 'HW_QUEUE', variant: 'passthrough', refs: { viommu: 'viommu_id' } },
}
