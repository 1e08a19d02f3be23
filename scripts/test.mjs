// `npm test`: all set-up, the checks, then every test. Its last line is `N passed, N failed[, N skipped]`.
import { join } from 'node:path'
import { ensureDebianPackages, ensureDependencies, ensureLabImage, ensureWebApp, root } from './setup.mjs'
import { createTally } from './tally.mjs'

ensureDependencies()
ensureDebianPackages()
ensureLabImage()
ensureWebApp()

const tally = createTally()
await tally.script([join(root, 'scripts/check.mjs')])
await tally.vitest('vitest')
await tally.playwright('e2e')
await tally.vitest('small-lab', ['--config', 'vitest.lab.config.ts', 'small-lab'])
tally.end()
