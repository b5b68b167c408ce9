/** Fields of the calls of a VFIO container, whichever file takes them. */
import { field } from './command-rows'

export const ARGSZ = field('argsz', 'struct-size', 'bytes of the struct; left out, or sizeof: all of it')
export const FLAGS = field('flags', 'flags', 'what is asked for')
export const IOVA = field('iova', 'iova', 'first I/O virtual address, bytes')
export const SIZE = field('size', 'size', 'bytes')
