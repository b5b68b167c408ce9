/** The tables that a DTE and a GCR3 entry lead to, one configuration object per meaning. */
import type { PtConfig, TableRef } from '../../../pt'
import { GUEST_TABLE, HOST_TABLE } from './config'

const configs = new Map<string, PtConfig>()

function once(cfg: PtConfig): PtConfig {
  const key = JSON.stringify(cfg)
  const known = configs.get(key) ?? cfg
  configs.set(key, known)
  return known
}

export const hostConfig = (levels: number, hd: boolean): PtConfig => once({ levels, hd })

/** Guest entries hold guest addresses, or system addresses of up to 52 bits: none is reserved. */
export const guestConfig = (levels: number): PtConfig => once({ levels, haw: 52 })

export const hostTable = (levels: number, root: number, hd: boolean): TableRef => ({
  id: 0,
  format: HOST_TABLE,
  cfg: hostConfig(levels, hd),
  root,
})

export const guestTable = (levels: number, root: number): TableRef => ({
  id: 0,
  format: GUEST_TABLE,
  cfg: guestConfig(levels),
  root,
})

const MOST_LEVELS = 6

/** The same with one level more on top; null where there is none. */
export function grownConfig(cfg: PtConfig): PtConfig | null {
  const levels = Number(cfg.levels) + 1
  return levels > MOST_LEVELS ? null : once({ ...cfg, levels })
}

const forced = new WeakMap<PtConfig, PtConfig>()

/** Leaves with FC: DMA through them snoops. */
export function coherentConfig(cfg: PtConfig): PtConfig {
  const made = forced.get(cfg) ?? once({ ...cfg, fc: true })
  forced.set(cfg, made)
  return made
}
