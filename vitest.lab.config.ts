import { defineConfig } from 'vitest/config'

// Journeys on real machines: one after the other, since each takes both cores, and each stops at its first failure.
export default defineConfig({
  test: {
    include: ['apps/fleet/lab-journeys/*.journey.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    bail: 1,
    testTimeout: 10 * 60_000,
    hookTimeout: 15 * 60_000,
  },
})
