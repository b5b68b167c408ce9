/**
 * The events that explain a step: what the machine did, in the order it did it.
 *
 * Events are data for a reader (timeline, lanes, ASCII, JSON), never state: a step's events are made
 * anew by executing it again with a collector. The kinds are the list of the engine contract; fields
 * that hold addresses are bigint (bytes) unless named otherwise.
 */

/** Who did it. The lanes of the sequence chart are these. */
export type Actor = 'guest' | 'vmm' | 'kernel' | 'iommu' | 'device'

export type CacheName = 'iotlb' | 'context' | 'pasid' | 'paging-structure' | 'device-tlb'

/** The body of an event; `seq`, `step` and `sub` are added by the collector. */
export type EventBody =
  | { kind: 'call'; actor: Actor; fd: number | null; cmd: string; args: Readonly<Record<string, unknown>> }
  | {
      kind: 'return'
      actor: Actor
      ret: number
      errno: string | null
      rule: string | null
      out: Readonly<Record<string, unknown>> | null
    }
  | {
      kind: 'object-created' | 'object-destroyed'
      actor: Actor
      obj: string
      id: number
      name: string
      parent: number | null
    }
  | {
      kind: 'field-changed'
      actor: Actor
      obj: string
      id: number
      field: string
      before: unknown
      after: unknown
    }
  | { kind: 'bound' | 'unbound'; actor: Actor; device: string; fd: number; cookie: bigint | null }
  | {
      kind: 'routed'
      actor: Actor
      device: string
      pasid: number | null
      from: number | null
      to: number | null
      table: number | null
    }
  | {
      kind: 'group'
      actor: Actor
      id: number
      state: 'default' | 'blocked' | 'partial' | 'owned'
      waiting: readonly string[]
    }
  | {
      kind: 'area-added' | 'area-removed'
      actor: Actor
      space: number
      first: bigint
      last: bigint
      target: bigint
      perm: string
      cause: string
    }
  | { kind: 'pinned' | 'unpinned'; actor: Actor; hva: bigint; pages: number; frames: number }
  | { kind: 'charged'; actor: Actor; who: string; delta: number; total: number; limit: number | null }
  | {
      kind: 'table-allocated' | 'table-freed'
      actor: Actor
      table: number
      level: number
      hpa: bigint
      bytes: number
    }
  | {
      kind: 'entries-written'
      actor: Actor
      table: number
      level: number
      hpa: bigint
      index: number
      count: number
      before: bigint
      after: bigint
      stride: bigint
    }
  | {
      kind: 'config-written'
      actor: Actor
      struct: string
      hpa: bigint
      before: readonly bigint[]
      after: readonly bigint[]
      fields: Readonly<Record<string, number | string>>
    }
  | { kind: 'shadowed'; actor: Actor; child: number; first: bigint; last: bigint; cause: string }
  | {
      kind: 'invalidated'
      actor: Actor
      command: string
      raw: readonly bigint[]
      scope: string
      dropped: number
    }
  | {
      kind: 'cache'
      actor: Actor
      which: CacheName
      op: 'fill' | 'hit' | 'stale-hit' | 'miss' | 'evict'
      tag: string
      value: string
    }
  | {
      kind: 'reference'
      actor: Actor
      stage: Stage
      level: number | null
      hpa: bigint
      value: bigint
      why: string
    }
  | { kind: 'ad-updated'; actor: Actor; hpa: bigint; before: bigint; after: bigint }
  | {
      kind: 'translated'
      actor: Actor
      device: string
      pasid: number | null
      iova: bigint
      output: bigint
      perm: string
      size: number
      references: number
    }
  | {
      kind: 'fault'
      actor: Actor
      code: string
      name: string
      stage: Stage
      level: number | null
      addr: bigint
      access: 'read' | 'write'
      recoverable: boolean
    }
  | {
      kind: 'page-request'
      actor: Actor
      rid: number
      pasid: number | null
      addr: bigint
      group: number
      last: boolean
      /** The descriptor as it was queued; left out where it was dropped. */
      raw?: readonly bigint[]
    }
  | {
      kind: 'page-response'
      actor: Actor
      group: number
      code: string
      by: string
      /** The descriptor that software submitted; left out where hardware answered by itself. */
      raw?: readonly bigint[]
    }
  | {
      kind: 'dma'
      actor: Actor
      device: string
      access: 'read' | 'write'
      bytes: number
      runs: readonly { hpa: bigint; bytes: number }[]
      stale: boolean
      /** False where it may leave processor caches with other contents than memory. */
      coherent: boolean
    }
  | { kind: 'guest-wrote'; actor: Actor; gpa: bigint; before: bigint; after: bigint; what: string }
  | { kind: 'message'; actor: Actor; to: Actor; what: string; ref: string | null }
  | { kind: 'checked'; actor: Actor; ok: boolean; left: string; right: string }
  | { kind: 'assumed'; actor: Actor; name: string; value: string }

/** Which part of a translation a memory reference or fault belongs to. TCE reads are `second`. */
export type Stage = 'config' | 'first' | 'second'

/** Receives events while a step runs. Emitting must never change the machine. */
export interface EventSink {
  emit(event: EventBody): void
  /** False when nobody listens: callers may skip building an event. */
  readonly on: boolean
}

export const SILENT: EventSink = { emit: () => {}, on: false }

/** An event as the session hands it out. */
export type MachineEvent = EventBody & { readonly step: number; readonly sub: number; readonly seq: number }
