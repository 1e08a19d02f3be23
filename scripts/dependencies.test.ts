import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const manifests = [
  'package.json',
  ...globSync('{packages,apps}/*/package.json', { cwd: root }),
  'e2e/package.json',
]
const dependencies = manifests.flatMap((file) => {
  const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}).map(([name, version]) => ({ file, name, version })),
  )
})
/** Of the desktop app's shell; what pins them is its Cargo.lock. */
const crates = [
  ...readFileSync(join(root, 'apps/desktop/src-tauri/Cargo.toml'), 'utf8').matchAll(
    /^\[[^\]]*dependencies\]\n((?:(?!\[).*\n)*)/gm,
  ),
].flatMap(([, lines]) => [...lines!.matchAll(/^([a-z0-9_-]+) *=/gm)].map(([, name]) => name!))

test('every dependency is pinned to one exact version', () => {
  expect(dependencies.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('CONTRIBUTING.md says why each dependency is here', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const unexplained = [...dependencies.map(({ name }) => name), ...crates].filter(
    (name) => !name.startsWith('@fleet/') && !name.startsWith('@types/') && !text.includes(`\`${name}\``),
  )
  expect(new Set(unexplained)).toEqual(new Set())
})

test('CONTRIBUTING.md explains no dependency that is gone', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const rows = text
    .slice(text.indexOf('## Dependencies'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const explained = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
  )
  expect(crates).toContain('tauri')
  const names = new Set([...dependencies.map(({ name }) => name), ...crates])
  expect(explained.length).toBeGreaterThan(20)
  expect(explained.filter((name) => !names.has(name) && name !== '@types/*')).toEqual([])
})

test('the lock file names no registry host', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http')
})
