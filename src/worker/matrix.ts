/** The matrix computed in slices, so that messages are heard meanwhile; nothing of it is kept. */
import type { Session } from '../engine'
import type { EnginePort } from './engine-port'
import type { MatrixRequest, Reply } from './protocol'

/** Cells between two pauses: some 20 ms of work. */
const SLICE_CELLS = 4

/** `pause` lets messages in; false from it ends the work, since a newer matrix was asked for. */
export async function matrixReply<S extends Session>(
  { id, dialect, platform, policy }: MatrixRequest,
  engine: EnginePort<S>,
  pause: () => Promise<boolean>,
): Promise<Reply> {
  const named = { ...(dialect === null ? {} : { dialect }), ...(platform === null ? {} : { platform }) }
  const run = engine.matrix({ ...named, policy })
  if ('problem' in run) return { kind: 'refused', id, message: run.problem }
  while (!run.advance(SLICE_CELLS))
    if (!(await pause())) return { kind: 'refused', id, message: 'A newer matrix took its place.' }
  const matrix = run.finish()
  return { kind: 'matrix-of', id, matrix, text: engine.matrixText(matrix) }
}
