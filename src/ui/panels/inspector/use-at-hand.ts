/** What a tab shows in full by itself, whose changes are told while the reader has chosen nothing else. */
import { useEffect } from 'react'
import { address } from '../../format/hex'
import { type Chosen, inspectStore } from '../../stores/inspect-store'

export function useAtHand(atHand: Chosen | null): void {
  const label = atHand?.label
  // biome-ignore lint/correctness/useExhaustiveDependencies: a label names its target
  useEffect(() => {
    inspectStore.setState({ atHand })
    return () => inspectStore.setState({ atHand: null })
  }, [label])
}

/** The word of memory at `hpa`; the address comes first, as what is too long loses its end. */
export function wordTarget(name: string, hpa: bigint): Chosen {
  return { target: { kind: 'word', hpa }, label: `${address(hpa)} ${name}` }
}
