/**
 * Short codes of the flows that come with the page, to be read aloud in a meeting: `g.2`, or by name,
 * `g.multiple-ioasids`. A code once given out keeps its meaning for ever: rows are added, never changed,
 * renumbered or taken away. A number that is not here was never given out.
 */
export interface ScenarioCode {
  readonly code: `g.${number}`
  /** The file in this folder, without `.flow`. */
  readonly name: string
}

export const SCENARIO_CODES: readonly ScenarioCode[] = [
  { code: 'g.1', name: 'simple' },
  { code: 'g.2', name: 'multiple-ioasids' },
  { code: 'g.3', name: 'software-nesting' },
  { code: 'g.4', name: 'hardware-nesting' },
  { code: 'g.5', name: 'vsva' },
  { code: 'g.6', name: 'page-fault' },
  { code: 'g.7', name: 'prereg-ioas' },
  { code: 'g.9', name: 'papr-no-passthrough' },
  { code: 'g.10', name: 'group-half-attached' },
  { code: 'g.13', name: 'multiple-ioasids-no-prereg' },
  { code: 'g.14', name: 'prereg-command' },
  { code: 'g.15', name: 'typo-in-the-mail' },
  { code: 'g.16', name: 'four-ways' },
  { code: 'g.17', name: 'vsva-mdev' },
  { code: 'g.18', name: 'pasid-table-refused' },
  { code: 'g.19', name: 'sva-process' },
  { code: 'g.20', name: 'guest-passthrough' },
  { code: 'g.21', name: 'dirty-pages' },
  { code: 'g.30', name: 'recorded-dma' },
  { code: 'g.31', name: 'recorded-replace' },
  { code: 'g.32', name: 'recorded-unmap-partial' },
  { code: 'g.33', name: 'recorded-type1-unmap' },
  { code: 'g.40', name: 'papr-hypercalls' },
  { code: 'g.41', name: 'papr-over-prereg' },
  { code: 'g.42', name: 'papr-two-endpoints' },
  { code: 'g.43', name: 'papr-fixed-windows' },
  { code: 'g.44', name: 'papr-wide-window' },
  { code: 'g.81', name: 'linux-simple' },
  { code: 'g.82', name: 'linux-multiple' },
  { code: 'g.83', name: 'linux-shadow' },
  { code: 'g.84', name: 'linux-nesting' },
  { code: 'g.85', name: 'linux-vsva' },
  { code: 'g.86', name: 'linux-dirty' },
  { code: 'g.87', name: 'linux-page-fault' },
  { code: 'g.101', name: 'v2-simple' },
  { code: 'g.102', name: 'v2-multiple-ioasids' },
  { code: 'g.103', name: 'v2-software-nesting' },
  { code: 'g.104', name: 'v2-hardware-nesting' },
  { code: 'g.105', name: 'v2-vsva' },
  { code: 'g.106', name: 'v2-page-fault' },
  { code: 'g.107', name: 'v2-pasid-table' },
  { code: 'g.108', name: 'v2-prereg-ioas' },
  { code: 'g.109', name: 'v2-dummy-root' },
  { code: 'g.110', name: 'v2-sva' },
  { code: 'g.111', name: 'v2-papr-no-passthrough' },
  { code: 'g.112', name: 'v2-group-block-dma' },
  { code: 'g.113', name: 'v2-passthrough' },
  { code: 'g.114', name: 'v2-two-files' },
  { code: 'g.115', name: 'v2-group-not-viable' },
  { code: 'g.116', name: 'choices' },
  { code: 'g.117', name: 'v2-choices' },
  { code: 'g.118', name: 'group-one-by-one' },
  { code: 'g.119', name: 'pasid-table-tracked' },
  { code: 'g.120', name: 'dummy-root' },
  { code: 'g.60', name: 'pasid-table' },
  { code: 'g.61', name: 'pasid-table-amd' },
  { code: 'g.62', name: 'stall' },
  { code: 'g.91', name: 'iommufd-plain' },
  { code: 'g.92', name: 'iommufd-nested' },
  { code: 'g.93', name: 'iommufd-viommu' },
]

/** The file that a code stands for, without `.flow`: of `g.2`, `2`, `g.multiple-ioasids`. Null for any other. */
export function scenarioName(code: string): string | null {
  const bare = code.trim().replace(/^#?(?:g\.)?/i, '')
  const found = SCENARIO_CODES.find(row => row.code === `g.${bare}` || row.name === bare)
  return found?.name ?? null
}
