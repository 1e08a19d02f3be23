import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput } from '../../testing/render-sample.ts'
import { renderCluster } from './render-cluster.ts'
import { renderManifest, writeRender } from './write-render.ts'

const cluster = renderCluster(sampleInput(referenceSpec()))
const count = [...cluster.values()].flat().length
let folder: string
let out: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-render-'))
  out = join(folder, 'out')
})
afterEach(() => rm(folder, { recursive: true }))
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('every file is written with its mode into a folder that nobody else can enter', async () => {
  const umask = process.umask(0o077)
  try {
    const { written, removed } = await writeRender(cluster, out)
    expect(written).toHaveLength(count)
    expect(removed).toEqual([])
  } finally {
    process.umask(umask)
  }
  expect(await modeOf(out)).toBe('700')
  for (const [host, files] of cluster)
    for (const file of files) {
      expect(await readFile(join(out, host, file.path), 'utf8')).toBe(file.content)
      expect(await modeOf(join(out, host, file.path)), `of ${file.path}`).toBe(file.mode.slice(1))
    }
})

test('the manifest says what a folder cannot keep, and no content', async () => {
  await writeRender(cluster, out)
  const text = await readFile(join(out, renderManifest), 'utf8')
  const { hosts } = JSON.parse(text) as { hosts: Record<string, unknown[]> }
  expect(Object.keys(hosts)).toEqual([...cluster.keys()])
  expect(hosts['haproxy-1']).toContainEqual({
    path: '/etc/haproxy/users.cfg',
    mode: '0600',
    owner: 'root',
    group: 'root',
    secret: true,
    onChange: { do: 'reload', unit: 'haproxy' },
  })
  expect(text).not.toContain('username')
})

test('a second render writes only what differs and removes what is of no host any more', async () => {
  await writeRender(cluster, out)
  await chmod(join(out, 'haproxy-1/etc/haproxy/users.cfg'), 0o644)
  const fewer = new Map([...cluster].filter(([host]) => host !== 'backup-1'))
  const { written, unchanged, removed } = await writeRender(fewer, out)
  expect(written).toEqual(['haproxy-1/etc/haproxy/users.cfg'])
  expect(await modeOf(join(out, written[0]!))).toBe('600')
  expect(removed).toHaveLength(cluster.get('backup-1')!.length)
  expect(unchanged).toHaveLength(count - removed.length - 1)
  expect(await readdir(out)).not.toContain('backup-1')
})

test('a file that somebody else put there stays', async () => {
  await writeRender(cluster, out)
  await writeFile(join(out, 'backup-1', 'notes.txt'), 'mine')
  await writeRender(new Map(), out)
  expect((await readdir(out)).sort()).toEqual(['backup-1', renderManifest])
  expect(await readdir(join(out, 'backup-1'))).toEqual(['notes.txt'])
})

test('a folder with other things in it is refused, and nothing is written', async () => {
  await writeFile(join(folder, 'thesis.txt'), 'years of work')
  await expect(writeRender(cluster, folder)).rejects.toThrow('has files that no render wrote')
  expect(await readdir(folder)).toEqual(['thesis.txt'])
  await expect(writeRender(cluster, join(folder, 'thesis.txt'))).rejects.toThrow('is no folder')
})

test('a manifest that points outside of the folder removes nothing there', async () => {
  await writeFile(join(folder, 'thesis.txt'), 'years of work')
  await writeRender(new Map(), out)
  const evil = {
    path: '/../../thesis.txt',
    mode: '0644',
    owner: 'root',
    group: 'root',
    secret: false,
    onChange: { do: 'nothing' },
  }
  await writeFile(join(out, renderManifest), JSON.stringify({ hosts: { x: [evil] } }))
  await writeRender(new Map(), out)
  expect(await readdir(folder)).toContain('thesis.txt')
})
