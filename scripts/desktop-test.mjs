// `npm run test:desktop`: the desktop app's own tests, then its window under a screen of its own, then its package in a
// clean Debian. `--measure` prints what it costs instead; other words choose journeys. With FLEET_TEST_MINUTES only if it fits.
import { spawnSync } from 'node:child_process'
import { backends, buildDesktop, cargo, checkToolchain, findMissing, testNeeds } from './desktop-build.mjs'
import { packDebian, packNeeds } from './desktop-pack-debian.mjs'
import { ensureDependencies, ensureWebApp, installDebianPackages, pinnedNode, root } from './setup.mjs'
import { createTally } from './tally.mjs'

/** Minutes that it takes at most, nothing of Rust compiled yet, on two busy cores. */
const minutes = 25
const words = process.argv.slice(2)
const tally = createTally()

const needs = [...testNeeds, ...packNeeds]
const elsewhere = findMissing().filter((need) => !need.debian)
if (elsewhere.length > 0) {
  tally.skip(
    `the desktop app: ${elsewhere.map(({ name, get }) => `${name} is not on this machine (${get})`).join(', ')}`,
  )
  tally.end()
}
if (Number(process.env.FLEET_TEST_MINUTES ?? Number.POSITIVE_INFINITY) < minutes) {
  tally.skip('the desktop app: no time is left for it')
  tally.end()
}
installDebianPackages([...new Set(findMissing(needs).flatMap(({ debian }) => debian))])
checkToolchain(needs)
ensureDependencies()
ensureWebApp()

const screen = ['xvfb-run', '--auto-servernum', '--server-args=-screen 0 1400x900x24']
const within = ['dbus-run-session', '--', ...screen]

if (words[0] === '--measure') {
  const sqlite = buildDesktop('sqlite')
  const env = { ...process.env, FLEET_DESKTOP_SQLITE: sqlite, FLEET_DESKTOP_DEB: packDebian(sqlite) }
  const [program, ...before] = within
  const done = spawnSync(program, [...before, pinnedNode(), 'apps/desktop/testing/measure.ts'], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  process.exit(done.status ?? 1)
}

for (const backend of Object.keys(backends)) {
  const done = cargo(['test', '--profile', 'quick', '--locked', ...backends[backend]], { keep: true })
  tally.cargo(`Rust tests of the ${backend} build`, done)
}
const both = cargo(['check', '--profile', 'quick', '--locked', '--features', 'postgres'], { keep: true })
tally.verdict(
  'both features together do not compile, with a sentence that says why',
  both.code !== 0 && both.stderr.includes('exclude each other'),
)
const [sqlite, postgres] = Object.keys(backends).map((backend) => buildDesktop(backend, 'quick'))
await tally.vitest('desktop', ['--config', 'apps/desktop/vitest.config.ts', ...words], {
  within,
  env: {
    FLEET_DESKTOP_SQLITE: sqlite,
    FLEET_DESKTOP_POSTGRES: postgres,
    FLEET_DESKTOP_DEB: packDebian(sqlite, { forTest: true }),
  },
})
tally.end()
