/** What may not stand in a source file, as data. Read by architecture.test.ts. */

/**
 * Globals that would let the engine see a clock or a process, or wait for one. Names of a page (`window`)
 * are not in the scope of its compiler, and good names for other things.
 */
export const BANNED_IN_ENGINE: readonly string[] = [
  'Date',
  'Promise',
  'Worker',
  'async',
  'await',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
]

/** Text that appears in no source file: ways to run text as code or as markup, and an apostrophe that is not 7-bit. */
export const BANNED_EVERYWHERE: readonly RegExp[] = [
  /\binnerHTML\b/,
  /\bouterHTML\b/,
  /\bdangerouslySetInnerHTML\b/,
  /\binsertAdjacentHTML\b/,
  /\beval\s*\(/,
  /\bnew Function\b/,
  /@ts-(ignore|nocheck)\b/,
  /\u2019/,
]

/** Left in by mistake, they make a test file pass without running. */
export const BANNED_IN_TESTS: readonly RegExp[] = [/\b(it|test|describe)\.(only|skip|todo|fixme)\b/]

/** Plug-in ids, which only the plug-in itself spells; `wherever` are the folders of such. */
export const PLUGIN_IDS: readonly string[] = [
  'rfc-v1',
  'rfc-v2',
  'iommufd',
  'vfio-type1',
  'vtd',
  'smmuv3',
  'amd-vi',
  'papr',
  'mock',
]
export const PLUGIN_PLACES: readonly string[] = [
  'src/engine/dialects/',
  'src/engine/hw/platforms/',
  'src/engine/hw/registry.ts',
  'src/scenarios/',
  /** On which machines the recordings were made. */
  'src/engine/replay/machines.data.ts',
  'src/house-rules.data.ts',
  /** Rules tell where they are from. */
  'src/engine/kernel/rules.data.ts',
  'src/engine/kernel/vfio-rules.data.ts',
]

/** Words of code and strings that are such an id and mean something else, by file, with what they mean. */
export const ID_HOMONYMS: Readonly<Record<string, string>> = {
  'src/engine/flow/corpus/tricky.data.ts: rfc-v1': 'a text that is read in tests',
  'src/engine/flow/corpus/tricky.data.ts: rfc-v2': 'a text that is read in tests',
  'src/engine/help/directives.data.ts: papr': 'a value of the knob initial-attach',
  'src/engine/kernel/areas.ts: iommufd': 'a value of the knob unmap',
  'src/engine/replay/calls.data.ts: iommufd': 'a file of the recordings',
  'src/share/v1/dictionary.data.ts: amd-vi': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: iommufd': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: papr': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: rfc-v1': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: rfc-v2': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: smmuv3': 'words that links are made of, frozen',
  'src/share/v1/dictionary.data.ts: vtd': 'words that links are made of, frozen',
}

/** Files longer than this have more than one idea; tables of data and generated files are exempt. */
export const MOST_LINES = 500
