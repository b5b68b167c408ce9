/** The two stages as an STE and a CD set them up, as tables to walk. */
import type { PtConfig, TableRef } from '../../../pt'

export const STAGE_1 = 'arm-s1'
export const STAGE_2 = 'arm-s2'

export interface SecondStage {
  /** PA. */
  readonly root: number
  readonly inputBits: number
  /** Arm's number of the level that a walk starts at. */
  readonly startLevel: number
  readonly outputBits: number
  readonly affd: boolean
}

export interface FirstTable {
  /** PA, or IPA under stage 2. */
  readonly root: number
  readonly inputBits: number
  readonly had: boolean
}

export interface FirstStage {
  /** Of low and of high addresses; null: not walked (EPD). */
  readonly low: FirstTable | null
  readonly high: FirstTable | null
  readonly topByteIgnored: { readonly low: boolean; readonly high: boolean }
  readonly outputBits: number
  readonly affd: boolean
  readonly asid: number
}

/** One object per meaning, as geometries are kept by object. */
const configs = new Map<string, PtConfig>()

function once(cfg: PtConfig): PtConfig {
  const key = JSON.stringify(cfg)
  const known = configs.get(key) ?? cfg
  configs.set(key, known)
  return known
}

export const secondConfig = ({
  inputBits,
  startLevel,
  outputBits,
  affd,
}: Omit<SecondStage, 'root'>): PtConfig => once({ inputBits, startLevel, outputBits, affd })

export const firstConfig = (
  inputBits: number,
  outputBits: number,
  switches: { affd: boolean; had: boolean },
): PtConfig => once({ inputBits, outputBits, ...switches })

/** A table as the hardware knows it: by what the structures say, not by who made it. */
const hardwareTable = (format: string, cfg: PtConfig, root: number): TableRef => ({
  id: 0,
  format,
  cfg,
  root,
})

export const secondTable = (stage: SecondStage): TableRef =>
  hardwareTable(STAGE_2, secondConfig(stage), stage.root)

export const firstTable = (
  { outputBits, affd }: FirstStage,
  { root, inputBits, had }: FirstTable,
): TableRef => hardwareTable(STAGE_1, firstConfig(inputBits, outputBits, { affd, had }), root)

/** As high as concatenation of 16 tables allows, in Arm's numbers: what Linux chooses. */
export const startLevelFor = (bits: number): number => 4 - Math.ceil((bits - 16) / 9)
