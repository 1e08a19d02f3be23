// Set-up that the two commands share. Plain JavaScript that Node 20 runs without any package installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const say = (text) => process.stderr.write(`${text}\n`)

/** Prints a sentence and what to do, and ends the program: for what a person has to mend. */
export function giveUp(sentence, fix) {
  say(`\n${sentence}\n${fix}`)
  process.exit(1)
}

const oldest = 20
if (Number(process.versions.node.split('.')[0]) < oldest)
  giveUp(
    `Node ${process.versions.node} is too old: the set-up needs Node ${oldest} or newer.`,
    'Install a newer Node (on Debian 13: apt-get install -y nodejs npm) and run the same command again.',
  )

/**
 * The Node that runs the app: pinned, as an ordinary package, so that no install script has to run. Where there is no
 * such package (macOS), the Node that runs this will do if it is new enough.
 */
export function pinnedNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')
  if (existsSync(pinned)) return pinned
  return Number(process.versions.node.split('.')[0]) >= 26 ? process.execPath : pinned
}

/** As `tryDependencies`; says why and stops when it cannot. */
export function ensureDependencies() {
  if (!tryDependencies())
    giveUp(
      'The packages could not be installed (see above).',
      'Check the network and run the same command again.',
    )
}

/** Installs exactly what the lock file names, unless that was done for this very lock file already; false: it cannot. */
export function tryDependencies() {
  const stampFile = join(root, 'node_modules/.fleet-installed')
  const wanted = digest([join(root, 'package-lock.json')], `${process.platform}-${process.arch}`)
  if (readIfThere(stampFile) === wanted && existsSync(pinnedNode())) return true
  say('Installing packages (once, about half a minute) ...')
  rmSync(stampFile, { force: true })
  // Not `npm ci`: it refuses a lock file that lacks an optional package for another platform, and registries do lack some.
  // This installs the versions and checks the checksums of the lock file all the same, and never writes it.
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const done = npm
    ? spawnSync(process.execPath, [npm, ...words], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', words, { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) return false
  if (!existsSync(pinnedNode()))
    giveUp(
      `There is no pinned Node for ${process.platform}-${process.arch}.`,
      'Run this with Node 26 or newer, or on Linux (x64 or arm64) check that npm was not told to leave out optional packages.',
    )
  writeFileSync(stampFile, wanted)
  return true
}

/** Builds the web app, unless it was built from these very sources already. */
export function ensureWebApp() {
  const stampFile = join(root, 'apps/web/dist/.built-from')
  const sources = ['apps/web', 'packages/api', 'packages/domain'].flatMap((folder) =>
    filesBelow(join(root, folder)),
  )
  const wanted = digest([join(root, 'package-lock.json'), ...sources], '')
  if (readIfThere(stampFile) === wanted) return
  say('Building the web app (once for each version, about half a minute) ...')
  rmSync(stampFile, { force: true })
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const done = spawnSync(pinnedNode(), [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'apps/web'),
    stdio: ['ignore', 2, 2],
  })
  if (done.status !== 0)
    giveUp('The web app could not be built (see above).', 'This is our mistake: please report it.')
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, wanted)
}

const programThere = (name) =>
  ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, name)))
const programPackage = (name, program = name) => ({ name, isThere: () => programThere(program) })

const debianPackages = [
  { name: 'postgresql', isThere: () => globThere('/usr/lib/postgresql', 'bin/postgres') },
  { name: 'chromium', isThere: () => existsSync('/usr/bin/chromium') },
  // Pictures of pages at a moment that is always the same.
  programPackage('faketime'),
  // Reading what was printed.
  programPackage('poppler-utils', 'pdftotext'),
  // Importing a map.
  programPackage('tilemaker'),
  programPackage('osmium-tool', 'osmium'),
  // The lab: machines in a network of their own.
  programPackage('debootstrap'),
  programPackage('systemd-container', 'systemd-nspawn'),
  programPackage('nftables', 'nft'),
  programPackage('iproute2', 'ip'),
  programPackage('openssh-client', 'ssh'),
  // Deploying on them.
  programPackage('ansible', 'ansible-playbook'),
  programPackage('ansible-lint'),
  programPackage('yamllint'),
]

/** Installs what the tests need of Debian, when root; otherwise prints the exact command and stops. */
export function ensureDebianPackages() {
  installDebianPackages(debianPackages.filter((each) => !each.isThere()).map((each) => each.name))
}

/** Installs these, when root; otherwise prints the exact command and stops. */
function installDebianPackages(missing) {
  const command = tryDebianPackages(missing)
  if (command !== null) giveUp(`The tests need ${missing.join(' and ')}.`, `As root, run: ${command}`)
}

/** Installs these, when root and it can; returns the command that somebody has to run, null when all is there. */
export function tryDebianPackages(missing) {
  if (missing.length === 0) return null
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return command
  say(`Installing ${missing.join(', ')} (once, a minute or two) ...`)
  const done = spawnSync('sh', ['-c', command], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return done.status === 0 ? null : command
}

/**
 * Builds the image of the lab's machines, unless it is there. Without it the tests that need one fail and say why; the
 * others need not wait for that.
 */
export function ensureLabImage() {
  spawnSync(pinnedNode(), [join(root, 'apps/fleet/src/main.ts'), 'lab', 'image'], {
    stdio: ['ignore', 'ignore', 2],
  })
}

/**
 * Runs a program of ours with the pinned Node and ends with its exit code.
 * Ctrl-C reaches the whole foreground group, so the child gets it by itself; other signals are handed on.
 */
export function become(words, options = {}) {
  const child = spawn(pinnedNode(), words, { stdio: 'inherit', ...options })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

/** Runs one step to its end, `within` a program that runs another one; resolves to its exit code. */
export function run(words, { within = [], ...options } = {}) {
  const [program, ...others] = [...within, pinnedNode(), ...words]
  return new Promise((resolve) => {
    const child = spawn(program, others, { cwd: root, stdio: 'inherit', ...options })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

function globThere(folder, below) {
  return existsSync(folder) && readdirSync(folder).some((entry) => existsSync(join(folder, entry, below)))
}

/** All sources below a folder, tests and what was built from them left out. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !['dist', 'node_modules'].includes(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
    .filter((path) => !/\.test\.tsx?$/.test(path) && statSync(path).isFile())
    .sort((a, b) => (a < b ? -1 : 1))
}

/** Another one when a file has another name or content, or the salt differs. */
export function digest(files, salt) {
  const hash = createHash('sha256').update(salt)
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/** The text of a file; null when there is none. */
export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}
