// `npm run test:desktop`: the desktop app's own tests, then its window under a screen of its own, then its package in a
// clean Debian. `--measure` prints what it costs instead; other words choose journeys. With FLEET_TEST_MINUTES only if it fits.
import { spawnSync } from 'node:child_process'
import { backends, buildDesktop, cargo, checkToolchain, findMissing, testNeeds } from './desktop-build.mjs'
import { packDebian, packNeeds } from './desktop-pack-debian.mjs'
import { ensureWebApp, pinnedNode, root, tryDebianPackages, tryDependencies } from './setup.mjs'
import { createTally } from './tally.mjs'

/** Minutes that it takes at most, nothing of Rust compiled yet, on two busy cores. */
const minutes = 25
const words = process.argv.slice(2)
const tally = createTally()

const needs = [...testNeeds, ...packNeeds]
const elsewhere = findMissing().filter((need) => !need.debian)
const skipAll = (why) => {
  tally.skip(`the desktop app: ${why}`)
  tally.end()
}
if (elsewhere.length > 0)
  skipAll(elsewhere.map(({ name, get }) => `${name} is not on this machine (${get})`).join(', '))
if (Number(process.env.FLEET_TEST_MINUTES ?? Number.POSITIVE_INFINITY) < minutes)
  skipAll('no time is left for it')
const packages = [...new Set(findMissing(needs).flatMap(({ debian }) => debian))]
const command = tryDebianPackages(packages)
if (command !== null) skipAll(`${packages.join(', ')} could not be installed (as root: ${command})`)
checkToolchain(needs)
if (!tryDependencies()) skipAll('the packages of npm could not be installed (see above)')
if (!hasCrates()) skipAll('the crates that it is made of could not be downloaded (see above)')
ensureWebApp()

/** Downloads the crates of the lock file for this machine, unless they are there; false: it cannot. */
function hasCrates() {
  const { stdout } = spawnSync('rustc', ['-vV'], { encoding: 'utf8' })
  const host = /^host: (.+)$/m.exec(stdout ?? '')?.[1]
  const target = host === undefined ? [] : ['--target', host]
  const { code, stderr } = cargo(['fetch', '--locked', ...target], { keep: true })
  // A lock file that is not of its Cargo.toml is a mistake, and the build says so.
  return code === 0 || /lock file .*needs to be updated/s.test(stderr)
}

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
