import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    // Property tests take seconds on a busy machine; a test that hangs still ends.
    testTimeout: 60_000,
    // The engine keeps nothing in its modules, so files can share them: a third of the time goes otherwise into loading.
    isolate: false,
    // The tests are all that runs: every core is theirs.
    maxWorkers: '100%',
    // A test that looks at nothing cannot fail.
    expect: { requireAssertions: true },
  },
})
