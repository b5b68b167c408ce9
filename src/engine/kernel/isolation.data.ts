/**
 * The ways to keep together devices that cannot be isolated from each other: one for each value of the knob
 * `group`. And what drivers of the host, beside VFIO's, do to such a group.
 *
 * Source: v1 2 (groups), v2 1.3, R27, R28, and Linux for the one table of a group.
 */

export interface GroupRule {
  /** A space refuses commands while a mate is missing in it. */
  readonly waits: boolean
  /** The first bind asks whether every mate is the user's, without a driver, or with one that does no DMA. */
  readonly viability: boolean
  /** Which table untagged DMA of a device of the group walks. */
  readonly routes: GroupRoute
}

export type GroupRoute =
  /** Its own, once all mates are attached along its whole chain; until then the group is blocked. */
  | 'complete'
  /** Its own, while those mates that are attached sit in the same one; the others stay blocked. */
  | 'agreed'
  /** The deepest that any mate is attached to: the group has one table, and bound mates follow it. */
  | 'as-one'

export const GROUP_RULES: Readonly<Record<string, GroupRule>> = {
  'partial-list': { waits: true, viability: false, routes: 'complete' },
  'block-dma': { waits: false, viability: true, routes: 'agreed' },
  'same-table': { waits: false, viability: true, routes: 'as-one' },
}

/** The driver through which a user has a device. */
export const USER_DRIVER = 'vfio-pci'

/** Words for a device that no driver has, and drivers known to do no DMA. Any other may do DMA. */
export const HARMLESS_DRIVERS: readonly string[] = ['none', 'pci-stub', 'pcieport', 'shpchp']
