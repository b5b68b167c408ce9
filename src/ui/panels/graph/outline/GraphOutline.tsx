/** The graph as a tree of lines, for those who read rather than look; made from the same slices as the picture. */
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useController } from '../../../app/context'
import { viewStore } from '../../../stores/view-store'
import { Mark, markName } from '../../../widgets/Mark'
import { moveIn, type TreeMove } from './moves'
import { type TreeLine, treeLines } from './tree'

export default function GraphOutline() {
  const nodes = useStore(viewStore, state => state.nodes)
  const edges = useStore(viewStore, state => state.edges)
  const selection = useStore(viewStore, state => state.shown?.selection ?? null)
  const controller = useController()
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [at, setAt] = useState<string | null>(null)
  const tree = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => treeLines(nodes.values(), edges.values(), closed), [nodes, edges, closed])
  const stop = Math.max(
    0,
    lines.findIndex(line => line.key === at),
  )
  const choose = ({ id, part }: TreeLine) => {
    if (nodes.get(id)?.kind === 'bundle') controller.graph.open(id)
    else void controller.select(part === 'edge' ? (edges.get(id)?.from ?? null) : id)
  }
  const act = (move: TreeMove) => {
    const line = lines[move.to]
    if (line === undefined) return
    if (move.kind === 'choose') choose(line)
    if (move.kind === 'open') setClosed(now => new Set([...now].filter(key => key !== line.key)))
    if (move.kind === 'close') setClosed(now => new Set([...now, line.key]))
    setAt(line.key)
    const element = tree.current?.children[move.to]
    if (element instanceof HTMLElement) element.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const move = moveIn(lines, stop, event.key)
    if (move === null) return
    event.preventDefault()
    act(move)
  }
  return (
    <div ref={tree} role="tree" aria-label="Outline of the graph" className="g-outline" onKeyDown={onKeyDown}>
      {lines.map((line, i) => (
        <Line
          key={line.key}
          line={line}
          isStop={i === stop}
          selected={line.part === 'node' && line.id === selection}
          onClick={() => act({ kind: 'choose', to: i })}
          onFocus={() => setAt(line.key)}
          onTwist={() => act({ kind: line.open === true ? 'close' : 'open', to: i })}
        />
      ))}
    </div>
  )
}

interface LineProps {
  readonly line: TreeLine
  readonly isStop: boolean
  readonly selected: boolean
  readonly onClick: () => void
  readonly onFocus: () => void
  readonly onTwist: () => void
}

function Line({ line, isStop, selected, onClick, onFocus, onTwist }: LineProps) {
  const { name, value, before, mark, open } = line
  const change = markName(mark)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      role="treeitem"
      data-key={line.key}
      data-part={line.part === 'row' ? undefined : line.id}
      aria-level={line.level}
      aria-posinset={line.place}
      aria-setsize={line.of}
      aria-selected={selected}
      {...(open === null ? {} : { 'aria-expanded': open })}
      tabIndex={isStop ? 0 : -1}
      className={`g-line ${line.part} ${selected ? 'selected' : ''} ${change === null ? '' : `row-${change}`}`}
      onClick={onClick}
      onFocus={onFocus}
    >
      <Mark mark={mark} />
      <span className="g-line-text" style={{ '--depth': line.level - 1 }}>
        <span
          className="g-twist"
          aria-hidden
          onClick={event => {
            event.stopPropagation()
            if (open !== null) onTwist()
          }}
        >
          {open === null ? '' : open ? '-' : '+'}
        </span>
        <span className="g-line-name">{name}</span>
        <span className="g-line-value">{before === null ? value : `${before} -> ${value}`}</span>
      </span>
    </div>
  )
}
