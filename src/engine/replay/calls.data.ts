/**
 * How a recorded call is spelled in the terms of a dialect: which constants its flags are short for, which pointer
 * the bytes of a list lie behind, which files come from nowhere in the recording.
 */

/** The constants that a call's flags are short for: the first of these with the flag's name appended that exists. */
export const FLAG_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  IOMMU_IOAS_MAP: ['IOMMU_IOAS_MAP_'],
  IOMMU_IOAS_MAP_FILE: ['IOMMU_IOAS_MAP_'],
  IOMMU_IOAS_COPY: ['IOMMU_IOAS_MAP_'],
  IOMMU_HWPT_ALLOC: ['IOMMU_HWPT_ALLOC_', 'IOMMU_HWPT_'],
  IOMMU_HWPT_SET_DIRTY_TRACKING: ['IOMMU_HWPT_DIRTY_TRACKING_'],
  IOMMU_HWPT_GET_DIRTY_BITMAP: ['IOMMU_HWPT_GET_DIRTY_BITMAP_'],
  IOMMU_GET_HW_INFO: ['IOMMU_HW_INFO_FLAG_'],
  VFIO_DEVICE_BIND_IOMMUFD: ['VFIO_DEVICE_BIND_FLAG_'],
  VFIO_DEVICE_ATTACH_IOMMUFD_PT: ['VFIO_DEVICE_ATTACH_'],
  VFIO_DEVICE_DETACH_IOMMUFD_PT: ['VFIO_DEVICE_DETACH_'],
  VFIO_IOMMU_DIRTY_PAGES: ['VFIO_IOMMU_DIRTY_PAGES_FLAG_'],
  VFIO_SET_IOMMU: ['VFIO_'],
  TEST_MOCK_DOMAIN: ['MOCK_FLAGS_DEVICE_'],
}

/** Constants that end in something else than the flag's name. */
export const FLAG_SUFFIXES: readonly string[] = ['', '_IOMMU']

/** Recorded keys that tell what lies behind a pointer, and the pointer's field; others keep their name. */
export const BEHIND: Readonly<Record<string, string>> = {
  ranges: 'allowed_iovas',
  data: 'data_uptr',
  entries: 'data_uptr',
}

/** Keys whose text is bytes in hexadecimal, two digits each. */
export const HEX_KEYS: ReadonlySet<string> = new Set(['data', 'entries', 'trailing', 'bitmap'])

/** Fields of a call that hold how many bytes its pointer leads to. */
export const LENGTH_OF: Readonly<Record<string, string>> = { data_uptr: 'data_len' }

/** Calls that answer a file descriptor; the recording has 0 in its place. */
export const RETURNS_FD: ReadonlySet<string> = new Set(['open', 'VFIO_GROUP_GET_DEVICE_FD'])

/** Files that the program had without a call that the recording shows, by the kind before `#`. */
export type Unopened =
  | { readonly kind: 'dup'; readonly of: string }
  | { readonly kind: 'plain'; readonly path: string; readonly size?: bigint }

export const UNOPENED: Readonly<Record<string, Unopened>> = {
  iommu_dup: { kind: 'dup', of: 'iommu' },
  devnull: { kind: 'plain', path: '/dev/null' },
  memfd: { kind: 'plain', path: 'memfd', size: 0x10000n },
  memfd_sealed_w: { kind: 'plain', path: 'memfd', size: 0x10000n },
}

/** Words for the only file of a kind, which a call may be given by. */
export const ONLY_FILE: Readonly<Record<string, string>> = { iommufd: 'iommu', access: 'access' }

/** What poll() is asked for and tells, as bits. */
export const POLL_BITS: Readonly<Record<string, bigint>> = { IN: 1n, OUT: 4n, ERR: 8n, HUP: 16n }

/** What the words about a raw ioctl say of the memory its argument lies in. */
export const RAW_ARGUMENTS: readonly {
  readonly says: RegExp
  readonly argument: 'none' | 'short' | 'read-only'
}[] = [
  { says: /\bNULL\b|\bunmapped arg/i, argument: 'none' },
  { says: /\bonly \d+ bytes readable/i, argument: 'short' },
  { says: /\bread-only struct/i, argument: 'read-only' },
]

/** Raw ioctls whose argument is a number that the words tell. */
export const RAW_VALUES: readonly { readonly says: RegExp; readonly value: bigint }[] = [
  { says: /\bTYPE1v2\b/, value: 3n },
  { says: /\bTYPE1\b/, value: 1n },
  { says: /\bUNMAP_ALL\b/, value: 9n },
]
