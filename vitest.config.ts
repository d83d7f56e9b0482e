import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // Each test file may start sandboxes, and a start costs one CPU second.
    maxConcurrency: 2,
    maxWorkers: 2,
    include: ['{server,checks,labs,web,bench,deploy}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    retry: 0,
  },
})
