/** Views as plain text for mail. */
export { type AsciiOptions, asciiGraph } from './graph'
export { asciiSteps } from './steps'
