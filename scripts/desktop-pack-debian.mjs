// The desktop app as a Debian package.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { backends } from './desktop-build.mjs'
import { tree } from './desktop-tree.mjs'
import { giveUp, root } from './setup.mjs'

const name = 'amsterdam-bike-fleet'
const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch]
const extras = join(root, 'apps/desktop/package')
const icons = join(root, 'apps/desktop/src-tauri/icons')

export const packNeeds = ['dpkg-deb', 'dpkg-shlibdeps', 'gzip'].map((program) => ({
  name: program,
  isThere: () => spawnSync(program, ['--version']).status === 0,
  debian: [{ 'dpkg-deb': 'dpkg', 'dpkg-shlibdeps': 'dpkg-dev' }[program] ?? program],
}))

/** What the linker does not know of: the tray is looked for at run time, and one window is found by the session's bus. */
const furtherDepends = ['libayatana-appindicator3-1', 'default-dbus-session-bus | dbus-session-bus']

/**
 * Packs the program that `buildDesktop` returned, with what lies beside it; returns the package's file. For a test it is
 * packed in seconds, and is larger.
 */
export function packDebian(program, { forTest = false } = {}) {
  const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const work = join(tree, '../deb')
  const installed = join(work, 'usr/lib', name)
  const doc = join(work, 'usr/share/doc', name)
  rmSync(work, { recursive: true, force: true })
  for (const entry of readdirSync(tree))
    if (!(entry in backends) && entry !== '.built-from')
      cpSync(join(tree, entry), join(installed, entry), { recursive: true })
  const place = (from, to) => cpSync(from, join(work, to))
  place(program, `usr/lib/${name}/${name}`)
  place(join(extras, `${name}.desktop`), `usr/share/applications/${name}.desktop`)
  place(join(extras, 'lintian-overrides'), `usr/share/lintian/overrides/${name}`)
  place(join(extras, 'copyright'), `usr/share/doc/${name}/copyright`)
  const icon = (size, from) => place(from, `usr/share/icons/hicolor/${size}/apps/${name}${extname(from)}`)
  icon('scalable', join(root, 'apps/desktop/pages/icon.svg'))
  icon('32x32', join(icons, '32x32.png'))
  icon('128x128', join(icons, '128x128.png'))
  icon('256x256', join(icons, '128x128@2x.png'))
  mkdirSync(join(work, 'usr/bin'))
  symlinkSync(`../lib/${name}/${name}`, join(work, 'usr/bin', name))
  renameSync(join(installed, 'third-party.txt'), join(doc, 'third-party.txt'))
  execute('gzip', ['-9n', join(doc, 'third-party.txt')])

  const programs = [join(installed, name), ...nodeIn(installed)]
  allowEverybodyToRead(work, programs)
  mkdirSync(join(work, 'DEBIAN'))
  writeFileSync(
    join(work, 'DEBIAN/control'),
    [
      `Package: ${name}`,
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      'Maintainer: Amsterdam Bike Fleet <fleet@localhost>',
      `Installed-Size: ${kibibytesOf(work)}`,
      `Depends: ${[...librariesOf(programs), ...furtherDepends].join(', ')}`,
      'Recommends: xdg-utils',
      'Suggests: gnome-keyring',
      'Section: misc',
      'Priority: optional',
      `Description: ${description.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase())}`,
      ' Dispatchers see every bike move, give deliveries to couriers and act on what',
      ' is going wrong. The fleet is kept on this computer (SQLite), or on the',
      " company's own PostgreSQL cluster.",
      '',
    ].join('\n'),
  )
  const file = join(dirname(work), `${name}_${version}_${architecture}.deb`)
  execute('dpkg-deb', [
    '--build',
    '--root-owner-group',
    ...(forTest ? ['-Zgzip', '-z1'] : ['-Zxz']),
    work,
    file,
  ])
  return file
}

const nodeIn = (folder) => {
  const modules = join(folder, 'node_modules')
  return readdirSync(modules)
    .filter((each) => each.startsWith('node-'))
    .map((each) => join(modules, each, 'bin/node'))
}

/** The packages that the programs are linked to, as old as they may be. */
function librariesOf(programs) {
  const source = mkdtempSync(join(tmpdir(), 'fleet-deb-'))
  try {
    mkdirSync(join(source, 'debian'))
    writeFileSync(join(source, 'debian/control'), `Source: ${name}\n\nPackage: ${name}\nArchitecture: any\n`)
    const { stdout } = execute('dpkg-shlibdeps', ['-O', ...programs.map((each) => `-e${each}`)], {
      cwd: source,
    })
    return /^shlibs:Depends=(.*)$/m.exec(stdout)[1].split(', ')
  } finally {
    rmSync(source, { recursive: true, force: true })
  }
}

/** Whatever the umask was and npm's packages say. */
function allowEverybodyToRead(folder, programs) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) allowEverybodyToRead(path, programs)
    else if (!entry.isSymbolicLink()) chmodSync(path, programs.includes(path) ? 0o755 : 0o644)
  }
}

const kibibytesOf = (folder) => execute('du', ['-sk', folder]).stdout.split('\t')[0]

function execute(command, words, options) {
  const done = spawnSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2], ...options })
  if (done.status !== 0)
    giveUp(
      `The package could not be made: ${basename(command)} failed (see above).`,
      'Check that the disk has room.',
    )
  return done
}
