// `npm run test:lab`: the full topology, every fault, and every command of the guides, on real machines. Longer than
// `npm test` may take.
import { ensureDebianPackages, ensureDependencies, ensureLabImage, ensureWebApp } from './setup.mjs'
import { createTally } from './tally.mjs'

ensureDependencies()
ensureDebianPackages()
ensureLabImage()
ensureWebApp()

const tally = createTally()
await tally.vitest('full-lab', ['--config', 'vitest.lab.config.ts', 'full-lab'])
await tally.vitest('identity', ['--config', 'vitest.lab.config.ts', 'identity'])
await tally.vitest('guides', ['--config', 'vitest.lab.config.ts', 'guides'])
tally.end()
