/**
 * Words that every flow has, whatever its dialect: errno names, flags of open and mmap, C's own. Numbers
 * are those of asm-generic Linux headers.
 */

/** Errno names with their positive numbers; in a flow a refused call's value is the negative. */
export const ERRNO_NUMBERS = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EDOM: 33,
  ERANGE: 34,
  EOVERFLOW: 75,
  EBADFD: 77,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ETIMEDOUT: 110,
} as const

export type ErrnoName = keyof typeof ERRNO_NUMBERS

const FLAGS: Readonly<Record<string, bigint>> = {
  O_RDONLY: 0n,
  O_WRONLY: 1n,
  O_RDWR: 2n,
  O_NONBLOCK: 0o4000n,
  O_CLOEXEC: 0o2000000n,
  PROT_NONE: 0n,
  PROT_READ: 1n,
  PROT_WRITE: 2n,
  PROT_EXEC: 4n,
  MAP_SHARED: 1n,
  MAP_PRIVATE: 2n,
  MAP_FIXED: 0x10n,
  MAP_ANONYMOUS: 0x20n,
  MAP_POPULATE: 0x8000n,
  MAP_HUGETLB: 0x40000n,
  MAP_FAILED: 0xffff_ffff_ffff_ffffn,
}

/** UPPER_CASE words and C's own constants. */
export const CORE_CONSTANTS: ReadonlyMap<string, bigint> = new Map([
  ...Object.entries(ERRNO_NUMBERS).map(([name, number]): [string, bigint] => [name, BigInt(number)]),
  ...Object.entries(FLAGS),
  ['NULL', 0n],
  ['true', 1n],
  ['false', 0n],
])

/** Access flags as mail writes them, `.flags = R/W`: meant where a `flags` value stands, unless a dialect says otherwise. */
export const ACCESS_WORDS: ReadonlyMap<string, bigint> = new Map([
  ['R', 1n],
  ['W', 2n],
  ['RW', 3n],
])

/** What a DMA yields instead of data. */
const OUTCOME_WORDS = ['fault', 'pending'] as const

export type OutcomeWord = (typeof OUTCOME_WORDS)[number]

export const isOutcome = (name: string): name is OutcomeWord => OUTCOME_WORDS.some(word => word === name)

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ERRNO_NUMBERS).map(([name, number]) => [number, name]),
)

/** `EINVAL` for 22, or null. */
export const errnoName = (number: number): string | null => ERRNO_NAMES.get(number) ?? null
