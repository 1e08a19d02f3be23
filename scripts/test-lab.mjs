// `npm run test:lab`: the full topology and every fault, on real machines. Longer than `npm test` may take.
import { ensureDebianPackages, ensureDependencies, ensureLabImage, ensureWebApp } from './setup.mjs'
import { createTally } from './tally.mjs'

ensureDependencies()
ensureDebianPackages()
ensureLabImage()
ensureWebApp()

const tally = createTally()
await tally.vitest('full-lab', ['--config', 'vitest.lab.config.ts', 'full-lab'])
tally.end()
