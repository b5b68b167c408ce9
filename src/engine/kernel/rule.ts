/** What a rule is. The tables of them are rules.data.ts and, for files of objects, iommu/rules.data.ts. */
import type { ErrnoName } from '../flow/words/core-words'

export interface Rule {
  readonly errno: ErrnoName
  /** Values of the refusal stand in for `{name}`. */
  readonly text: string
  readonly source: string
  /**
   * `proposal`: the text says so. `ruling`: the emulator's choice where the text is silent. `kernel`: Linux does so,
   * and was recorded doing it.
   */
  readonly basis: 'proposal' | 'ruling' | 'limit' | 'kernel'
}

/** A row of a table of rules. */
export const rule = (
  errno: ErrnoName,
  text: string,
  source: string,
  basis: Rule['basis'] = 'ruling',
): Rule => ({
  errno,
  text,
  source,
  basis,
})
