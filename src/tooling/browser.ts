/** Typed door to browser.mjs for the Playwright configuration. */
export { findBrowser } from './browser.mjs'
