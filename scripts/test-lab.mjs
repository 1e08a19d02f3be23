// `npm run test:lab`: the full topology, every fault, and every command of the guides, on real machines. Longer than
// `npm test` may take. Names after `--` choose some of them; with FLEET_TEST_MINUTES only what fits into them; the rest is named, and counted as skipped.
import { ensureDebianPackages, ensureDependencies, ensureLabImage, ensureWebApp } from './setup.mjs'
import { createTally } from './tally.mjs'

/** Minutes that each takes at most, on two busy cores. */
const journeys = [
  { name: 'browser', minutes: 10 },
  { name: 'full-lab', minutes: 15 },
  { name: 'identity', minutes: 12 },
  { name: 'guides', minutes: 20 },
]
const [, , ...named] = process.argv
const allowed = Number(process.env.FLEET_TEST_MINUTES ?? Number.POSITIVE_INFINITY)
const startMs = performance.now()

ensureDependencies()
ensureDebianPackages()
ensureLabImage()
ensureWebApp()

const tally = createTally()
for (const { name, minutes } of journeys) {
  if (named.length > 0 && !named.includes(name)) continue
  if ((performance.now() - startMs) / 60_000 + minutes > allowed)
    tally.skip(`${name}: no time is left for it`)
  else if (name === 'browser') await tally.playwright('e2e/lab')
  else await tally.vitest(name, ['--config', 'vitest.lab.config.ts', name])
}
tally.end()
