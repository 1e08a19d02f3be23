// What lies beside the desktop app's program, for tests as in packages: the server as a few JavaScript files, its Node, the web app.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { digest, filesBelow, giveUp, pinnedNode, readIfThere, root } from './setup.mjs'

export const tree = join(root, 'apps/desktop/src-tauri/target/tree')

/** Packages that look for files of their own beside themselves, so that they stay what they are. */
const wholePackages = ['@fastify/swagger-ui']

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Lays the tree, unless it was laid from these very sources already. The web app must have been built. */
export function ensureTree() {
  const stampFile = join(tree, '.built-from')
  const sources = ['apps/fleet', 'apps/web/dist', 'apps/desktop/package', 'packages']
  const files = sources.flatMap((folder) => filesBelow(join(root, folder)))
  const wanted = digest([join(root, 'package-lock.json'), ...files], process.version)
  if (readIfThere(stampFile) === wanted) return
  process.stderr.write('Packing the server for the desktop app (some seconds) ...\n')
  const fresh = `${tree}.new`
  rmSync(fresh, { recursive: true, force: true })
  lay(fresh)
  writeFileSync(join(fresh, '.built-from'), wanted)
  rmSync(tree, { recursive: true, force: true })
  renameSync(fresh, tree)
}

function lay(into) {
  const put = (from, filter) =>
    cpSync(from, join(into, relative(root, from)), { recursive: true, ...(filter && { filter }) })
  const bundled = spawnSync(
    pinnedNode(),
    [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      join(root, 'apps/desktop/package/server.vite.config.ts'),
      '--outDir',
      join(into, 'server'),
      '--logLevel',
      'warn',
    ],
    { cwd: root, stdio: ['ignore', 2, 2] },
  )
  if (bundled.status !== 0)
    giveUp('The server could not be packed (see above).', 'This is our mistake: please report it.')
  put(join(root, 'package.json'))
  put(join(root, 'apps/web/dist'), (path) => !/\.map$|\/\.built-from$/.test(path))
  for (const backend of ['postgres', 'sqlite']) put(join(root, `packages/store/src/${backend}/migrations`))
  putNode(into)
  for (const each of wholePackages)
    for (const folder of packagesOf(join(root, 'node_modules', each))) put(folder, isNeededToRun)
  const known = ['apps/fleet', 'apps/web'].flatMap((folder) => packagesOf(join(root, folder)))
  writeFileSync(
    join(into, 'third-party.txt'),
    noticesOf([...new Set(known)].sort((a, b) => (a < b ? -1 : 1))),
  )
}

/** The pinned Node at the place where the program looks for it, without what only a debugger reads. */
function putNode(into) {
  const node = pinnedNode()
  const place = join(into, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', basename(node))
  mkdirSync(dirname(place), { recursive: true })
  cpSync(node, place)
  if (process.platform === 'linux') spawnSync('strip', ['--strip-unneeded', place])
}

const isNeededToRun = (path) =>
  !/\/(\.[^/]+|tests?|benchmarks?|examples?|docs|[^/]+\.(md|map|d\.[cm]?ts))$/.test(path)

/** The folders of a package and of all that it needs to run, ours left out. */
function packagesOf(start) {
  const found = new Set()
  const visit = (folder) => {
    if (found.has(folder)) return
    found.add(folder)
    const { dependencies = {} } = readJson(join(folder, 'package.json'))
    for (const each of Object.keys(dependencies)) visit(resolve(folder, each))
  }
  visit(start)
  return [...found].filter((folder) => folder.includes('node_modules'))
}

/** Where Node finds the package: in the nearest `node_modules` above. */
function resolve(folder, packageName) {
  if (packageName.startsWith('@fleet/')) return join(root, 'packages', packageName.slice('@fleet/'.length))
  for (let above = folder; above.length >= root.length; above = dirname(above)) {
    const path = join(above, 'node_modules', packageName)
    if (existsSync(path)) return path
  }
  return giveUp(`${packageName} is not installed.`, 'Remove node_modules and run the same command again.')
}

/** What the authors of what comes along want said. */
function noticesOf(folders) {
  return folders
    .map((folder) => {
      const { name, version, license } = readJson(join(folder, 'package.json'))
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
      const text = file ? readFileSync(join(folder, file), 'utf8') : ''
      return `${name} ${version} (${license})\n\n${text}`
    })
    .join(`\n${'-'.repeat(72)}\n\n`)
}

// Before a bundle for Windows or macOS: apps/desktop/src-tauri/tauri.conf.json.
if (import.meta.filename === process.argv[1]) ensureTree()
