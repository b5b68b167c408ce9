/**
 * Words judged by their shape, for the editor's tokenizer, which runs before a dialect is known:
 * UPPER_CASE with an underscore is a command, and these names are called.
 */
import type { LineWords } from '../layout/line-kind'

/** Functions every flow may call, whatever the vocabulary adds. */
export const CORE_CALLEES = ['open', 'ioctl', 'close', 'mmap', 'read', 'expect', 'note', 'memset'] as const

const BUILTIN = /^(?:dma_\w+|guest_\w+|page_response|enqcmd|h_\w+|viommu|close_all)$/

export const SHAPE_WORDS: LineWords = {
  isCommand: word => /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(word),
  isCallee: word => CORE_CALLEES.some(callee => callee === word) || BUILTIN.test(word),
  isField: () => false,
}
