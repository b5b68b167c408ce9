/** Views as plain text for mail. */
export { comparedText, compareText } from './compare'
export { type AsciiOptions, asciiGraph } from './graph'
export { asciiMail, type MailParts } from './mail'
export { asciiSteps, type StepListOptions } from './steps'
