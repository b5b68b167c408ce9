/**
 * An IOTLB with real tags: 256 sets of 4 ways over journaled words, so that a forgotten flush shows and
 * stepping back brings old entries back.
 *
 * A translation of 4 KiB, 2 MiB or 1 GiB sits in the set of its page number's low bits and is tagged with
 * page number, size, domain and PASID (or none), as VT-d 6.2.1 and 6.2.3 have it. Ways are replaced in
 * turn, one hand per set. While its home way is empty an entry goes there, so that a lookup nearly always
 * finds at its first look what it finds at all: which of four ways hits is nothing a processor can predict.
 *
 * An entry is four words:
 *   0  low 32 bits of the page number above the set's bits
 *   1  domain 31:16, 14 valid, size 13:12 (0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB), tag bits 43:32 in 11:0
 *   2  output page bits 39:32 in 31:24, nested 23, rights 22:21 (read, write), PASID present 20, PASID 19:0
 *   3  output page bits 31:0
 *
 * Not modelled: prefetching, global entries.
 */
export const IOTLB_SETS = 256
export const IOTLB_WAYS = 4
export const SET_LG2 = 8
export const ENTRY_WORDS = 4
/** From an entry to the one of the next way of its set: ways lie one after the other, whole. */
export const WAY_WORDS = IOTLB_SETS * ENTRY_WORDS
/** The hand of each set, one word, after all entries. */
export const HANDS = IOTLB_WAYS * WAY_WORDS

export const VALID = 1 << 14
export const SIZE_SHIFT = 12
export const PASID_VALID = 1 << 20
export const PASID_TAG = 0x1f_ffff
export const PERM_SHIFT = 21
/** Both stages took part: matters to invalidation alone. */
export const NESTED = 1 << 23

/**
 * Word offset of the entry that a page goes to first, by its number: the two bits above the set's choose the way, so
 * that set and way together are ten bits of the number as they stand.
 */
export const homeOf = (page: number): number => (page & HOME_MASK) * ENTRY_WORDS
export const HOME_MASK = IOTLB_SETS * IOTLB_WAYS - 1

/** The tag word of requests without PASID is 0. */
export const pasidTag = (pasid: number | null): number => (pasid === null ? 0 : PASID_VALID | pasid)
