/**
 * Refuses a Node.js that the build tools do not run on, before anything else can fail obscurely.
 * Plain JavaScript without dependencies: it runs before anything is installed.
 */

/** The ranges of `engines.node` in package.json: first version of a line, and whether later lines count. */
const SUPPORTED = [
  { major: 20, minor: 19, andLater: false },
  { major: 22, minor: 12, andLater: true },
]

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean}
 */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return SUPPORTED.some(line =>
    major === line.major ? minor >= line.minor : line.andLater && major > line.major,
  )
}

/** Ends the process with exit code 1 where this Node.js is too old. */
export function requireNode() {
  if (isSupported(process.versions.node)) return
  console.error(`IOAS Playground needs Node.js 20.19 or later in the 20 line, or 22.12 or later.`)
  console.error(`This is Node.js ${process.versions.node} (${process.execPath}).`)
  process.exit(1)
}
