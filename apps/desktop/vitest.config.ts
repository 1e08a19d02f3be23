import { defineConfig } from 'vitest/config'

// Journeys through a real window: one after the other, since each is measured by a deadline and takes a core.
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['journeys/*.journey.ts'],
    globalSetup: [`${import.meta.dirname}/testing/window-manager.ts`],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
})
