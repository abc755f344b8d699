/** How the suite runs: one real PostgreSQL for the whole run, files in parallel, each on a database of its own. */
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/database.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than the cores of a small machine: many files wait, for processes to start or for a retry to come.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    reporters: ['default'],
  },
})
