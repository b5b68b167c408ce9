/** Keeps a part that could not be loaded or drawn from taking the page with it. */
import { Component, type ReactNode } from 'react'

interface Props {
  /** As a sentence begins with it: `The graph`. */
  readonly part: string
  readonly children: ReactNode
}

interface State {
  readonly problem: string | null
}

export class Boundary extends Component<Props, State> {
  override state: State = { problem: null }

  static getDerivedStateFromError(error: unknown): State {
    return { problem: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    const { problem } = this.state
    if (problem === null) return this.props.children
    return (
      <div role="alert" className="flex-none">
        <div className="notice">
          <p>
            <b>{this.props.part} cannot be shown:</b> {problem} Your text is kept.
          </p>
          <button type="button" className="btn bordered" onClick={() => location.reload()}>
            Load the page again
          </button>
        </div>
      </div>
    )
  }
}
