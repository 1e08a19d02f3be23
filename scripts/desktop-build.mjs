// What both desktop commands share: whether this machine can build the app, and building it.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureTree, tree } from './desktop-tree.mjs'
import { giveUp, root } from './setup.mjs'

const crate = join(root, 'apps/desktop/src-tauri')
const target = join(crate, 'target')
const oldestRust = '1.85.0'

const answers = (program, words) => {
  const done = spawnSync(program, words, { encoding: 'utf8' })
  return done.status === 0 ? done.stdout : null
}

/** Whether `version` is at least `oldest`; both like 1.85.0. */
export function isAtLeast(version, oldest) {
  const [have, want] = [version, oldest].map((each) => each.split('.').map(Number))
  const first = have.findIndex((part, index) => part !== want[index])
  return first === -1 || have[first] > want[first]
}

const needs = [
  {
    name: `Rust ${oldestRust} or newer`,
    isThere: () => isAtLeast(/\d+\.\d+\.\d+/.exec(answers('cargo', ['--version']) ?? '0.0.0')[0], oldestRust),
    get: "Rust: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
  },
  {
    name: 'a C compiler',
    isThere: () => answers('cc', ['--version']) !== null,
    debian: ['build-essential'],
  },
  {
    name: 'WebKitGTK 4.1 with its headers',
    isThere: () => answers('pkg-config', ['--exists', 'webkit2gtk-4.1']) !== null,
    debian: ['pkg-config', 'libwebkit2gtk-4.1-dev'],
  },
]

/** What the tests of the window need besides. */
export const testNeeds = [
  { program: 'WebKitWebDriver', debian: ['webkit2gtk-driver'] },
  { program: 'Xvfb', debian: ['xvfb'] },
  { program: 'xvfb-run', debian: ['xvfb', 'xauth'] },
  { program: 'openbox', debian: ['openbox'] },
  { program: 'wmctrl', debian: ['wmctrl'] },
  { program: 'dbus-run-session', debian: ['dbus-daemon'] },
  { program: 'xdotool', debian: ['xdotool'] },
  { program: 'gdbus', debian: ['libglib2.0-bin'] },
  { program: 'dunst', debian: ['dunst'] },
  { program: 'gnome-keyring-daemon', debian: ['gnome-keyring'] },
  { program: 'secret-tool', debian: ['libsecret-tools'] },
].map(({ program, debian }) => ({
  name: program,
  isThere: () => answers('sh', ['-c', `command -v ${program}`]) !== null,
  debian,
}))
testNeeds.push({
  name: 'the library of the tray',
  isThere: () => (answers('/sbin/ldconfig', ['-p']) ?? '').includes('libayatana-appindicator3.so.1'),
  debian: ['libayatana-appindicator3-1'],
})

/** What is missing to build, and of `more`. Debian does not have what has no `debian`. */
export const findMissing = (more = []) => [...needs, ...more].filter((need) => !need.isThere())

/** Names all that is missing and how to get it, and ends the program with it. */
export function checkToolchain(more = []) {
  const missing = findMissing(more)
  if (missing.length === 0) return
  const debian = [...new Set(missing.flatMap((need) => need.debian ?? []))]
  const fixes = [
    ...(debian.length > 0
      ? [
          `On Debian, as root: apt-get update && apt-get install -y --no-install-recommends ${debian.join(' ')}`,
        ]
      : []),
    ...missing.flatMap((need) => need.get ?? []),
  ]
  giveUp(`The desktop app needs ${missing.map((need) => need.name).join(', ')}.`, fixes.join('\n'))
}

/** Runs cargo in the app's folder; returns its exit code and, when asked to keep it, what it wrote. */
export function cargo(words, { keep = false } = {}) {
  const done = spawnSync('cargo', words, {
    cwd: crate,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ['ignore', keep ? 'pipe' : 2, keep ? 'pipe' : 2],
    env: { ...process.env, CARGO_TARGET_DIR: target },
  })
  const { stdout, stderr } = { stdout: '', stderr: '', ...(keep && done) }
  process.stderr.write(stderr + stdout)
  return { code: done.status ?? 1, stdout, stderr }
}

export const backends = {
  sqlite: [],
  postgres: ['--no-default-features', '--features', 'postgres'],
}

/**
 * Builds the app for one of the backends, with the server beside it; returns the program. The profile `quick` compiles
 * in half the time and makes the same program, slower.
 */
export function buildDesktop(backend, profile = 'release') {
  const { code } = cargo(['build', '--profile', profile, '--locked', ...backends[backend]])
  if (code !== 0)
    giveUp('The desktop app could not be built (see above).', 'This is our mistake: please report it.')
  ensureTree()
  const program = join(tree, backend, 'amsterdam-bike-fleet')
  mkdirSync(dirname(program), { recursive: true })
  // Not over one that runs.
  copyFileSync(join(target, profile, 'amsterdam-bike-fleet'), `${program}.new`)
  renameSync(`${program}.new`, program)
  return program
}
