/**
 * Where things lie in the word arena. The whole of memory state, directory and allocator included, is words,
 * so that one journal and one kind of checkpoint serve them all.
 *
 * Page 0 of the arena stays zero for ever: the frame that absent memory reads from.
 */

/** Words in a 4 KiB frame, and the unit in which the arena is given out and copied. */
export const FRAME_WORDS = 1024
export const FRAME_LG2 = 10

/** First word above near memory that is not given out yet. */
export const USED = FRAME_WORDS
/** No bitmap word below this one has a free frame. */
export const FREE_HINT = FRAME_WORDS + 1
/** Offset, log2 of capacity, and population of the hash of frames beyond near memory; offset 0 = none. */
export const HASH_AT = FRAME_WORDS + 2
export const HASH_LG2 = FRAME_WORDS + 3
export const HASH_COUNT = FRAME_WORDS + 4
/** Near memory was never written at and above this page frame. */
export const NEAR_TOP = FRAME_WORDS + 5
/** First word below near memory that is not given out yet. */
export const LOW_USED = FRAME_WORDS + 6

/** The allocator's pool of table frames, byte addresses [start, end). */
export const POOL_START = 0x8_0000
export const POOL_END = 0xc000_0000

/** One bit a frame below POOL_END, set = given out. */
export const BITMAP = 2 * FRAME_WORDS
export const BITMAP_WORDS = POOL_END / 4096 / 32

/** The first blocks are given out here, so that a small machine needs no words above near memory. */
export const LOW_BLOCKS = BITMAP + BITMAP_WORDS
const LOW_BLOCK_WORDS = 64 * FRAME_WORDS

/**
 * Near memory: the bytes below NEAR_BYTES lie in the arena in order, so that the word of an address is found by adding.
 * The allocator gives out the lowest frames first, which is where the tables are. (A directory in between was measured:
 * one more dependent load at each level makes a walk three times as slow.) The arena reaches only as far as was written.
 */
export const NEAR = LOW_BLOCKS + LOW_BLOCK_WORDS
export const NEAR_BYTES = 2 ** 26
/** Address bits that are all 0 in near memory. */
export const NOT_NEAR = -NEAR_BYTES

/** First of the words above near memory, given out when those below are. */
export const HIGH_BLOCKS = NEAR + NEAR_BYTES / 4
