/** Browser tests: the built page, served as it ships, in an installed browser. */
import { defineConfig } from '@playwright/test'
import { findBrowser } from './src/tooling/browser'

/** `npm test` picks a free one. */
const PORT = Number(process.env.IOAS_TEST_PORT ?? 4319)
const { path, args } = findBrowser()

export default defineConfig({
  testDir: 'e2e',
  // One file of tests a core; a file's tests follow each other.
  workers: 2,
  // Several times what a quiet machine takes: a busy one fails no test.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: path, args },
    contextOptions: { reducedMotion: 'reduce' },
  },
  webServer: {
    command: `node --import tsx src/server/serve.ts --port ${PORT}`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
  },
})
