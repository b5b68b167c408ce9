/**
 * When something changed: the steps before and after the one shown at which a word, an area, a count or a field
 * came out differently than one step earlier.
 *
 * The journal and the kernel's records tell cheaply which steps can have done it; only those are stood at and
 * compared. The search stops after so many comparisons and says so.
 */
import { unreachable } from '../../bits'
import { TREE } from '../../kernel/state'
import type { FlowSession } from '../../session/session'
import { bareGraph } from '../graph'
import { plainFields } from '../object-fields'
import type { ChangesView, ChangeTarget } from './contract'

/** Comparisons a search may make in one direction. */
const MOST_LOOKS = 2048

/** How one kind of thing is followed through a run. */
interface Follower {
  /** False only where step n cannot have changed it. */
  readonly may: (n: number) => boolean
  /** Its value where the session stands, comparable by ===. */
  readonly value: () => unknown
}

/** Changes of `target` around the step where the session stands. */
export function changesOf(session: FlowSession, target: ChangeTarget): ChangesView {
  const search = new Search(session, followerOf(session, target))
  const { at } = session
  const last = search.from(at, -1)
  const previous = last === null ? null : search.from(last - 1, -1)
  const next = search.from(at + 1, 1)
  const first = search.from(1, 1)
  return { first, last, previous, next, complete: search.complete }
}

class Search {
  complete = true
  private readonly session: FlowSession
  private readonly follower: Follower

  constructor(session: FlowSession, follower: Follower) {
    this.session = session
    this.follower = follower
  }

  /** The first step from n on, in a direction, that changed the value; or null. */
  from(n: number, direction: 1 | -1): number | null {
    let looks = 0
    for (let step = n; step >= 1 && step <= this.session.steps.length; step += direction) {
      if (!this.follower.may(step)) continue
      if (this.differs(step)) return step
      if (++looks < MOST_LOOKS) continue
      this.complete = false
      return null
    }
    return null
  }

  private differs(step: number): boolean {
    const { value } = this.follower
    return this.session.peek(step, value) !== this.session.peek(step - 1, value)
  }
}

function followerOf(session: FlowSession, target: ChangeTarget): Follower {
  switch (target.kind) {
    case 'word':
      return wordFollower(session, Number(target.hpa - (target.hpa % 8n)))
    case 'area':
      return areaFollower(session, target.id, Number(target.iova >> 12n))
    case 'pin':
      return pinFollower(session, Number(target.hva >> 12n))
    case 'prereg':
      return preregFollower(session, target.id, Number(target.vaddr >> 12n))
    case 'field': {
      const { id, label } = target
      return fieldFollower(session, id, rows => rows.filter(row => row.label === label))
    }
    case 'object':
      return fieldFollower(session, target.id, rows => rows)
    case 'edge':
      return edgeFollower(session, target.id)
    default:
      return unreachable(target)
  }
}

function wordFollower(session: FlowSession, hpa: number): Follower {
  const { memory } = session.machine.bulk
  // A frame has its place in the arena from the step that makes it on; the last step knows all of them.
  const at = session.peek(session.steps.length, () => memory.wordAt(hpa))
  return {
    may: n => touchesWords(session, n, at, at + 1),
    value: () => memory.read64(hpa),
  }
}

function touchesWords(session: FlowSession, n: number, first: number, last: number): boolean {
  let touches = false
  session.visitStep(n, {
    words: (offset, count) => {
      touches ||= offset <= last && first < offset + count
    },
  })
  return touches
}

function touchesRanges(session: FlowSession, n: number, tree: number, first: number | null): boolean {
  let touches = false
  session.visitStep(n, {
    range: (of, start) => {
      touches ||= of === tree && (first === null || start === first)
    },
  })
  return touches
}

function areaFollower(session: FlowSession, id: string, page: number): Follower {
  const uid = Number(id.slice('space:'.length))
  return rangeFollower(session, TREE.areas(uid), page)
}

function preregFollower(session: FlowSession, id: string, page: number): Follower {
  const uid = Number(id.slice('context:'.length))
  return rangeFollower(session, TREE.prereg(uid), page)
}

/** The range that begins at a unit, with its values. */
function rangeFollower(session: FlowSession, tree: number, first: number): Follower {
  const { ranges } = session.machine.bulk
  return {
    may: n => touchesRanges(session, n, tree, first),
    value: () => {
      const slot = ranges.find(tree, first)
      if (slot < 0 || ranges.first(slot) !== first) return 'none'
      return `${ranges.last(slot)} ${ranges.a(slot)} ${ranges.b(slot)}`
    },
  }
}

/** Counted ranges are cut and joined, so a count may change by a record that begins elsewhere. */
function pinFollower(session: FlowSession, page: number): Follower {
  return {
    may: n => touchesRanges(session, n, TREE.pins, null),
    value: () => session.machine.bulk.refRanges.countAt(TREE.pins, page),
  }
}

type Rows = readonly { readonly label: string; readonly value: string }[]

function fieldFollower(session: FlowSession, id: string, choose: (rows: Rows) => Rows): Follower {
  return {
    may: n => didAnything(session, n),
    value: () => {
      const rows = plainFields(session, id)?.rows
      return rows === undefined ? 'none' : JSON.stringify(choose(rows).map(row => [row.label, row.value]))
    },
  }
}

function didAnything(session: FlowSession, n: number): boolean {
  if (session.rootAt(n) !== session.rootAt(n - 1)) return true
  let any = false
  const seen = () => {
    any = true
  }
  session.visitStep(n, { words: seen, range: seen })
  return any
}

function edgeFollower(session: FlowSession, id: string): Follower {
  return {
    may: n => didAnything(session, n),
    value: () => {
      const edge = bareGraph(session).edges.find(one => one.id === id)
      return edge === undefined ? 'none' : `${edge.label} ${edge.dashed}`
    },
  }
}
