/** What the engine's face takes from the matrix. */
export type { MatrixCell, MatrixRun, MatrixView, MatrixWish } from './contract'
export { matrixOf, startMatrix } from './matrix'
export { matrixText } from './text'
