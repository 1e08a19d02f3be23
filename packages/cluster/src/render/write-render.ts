import { chmod, lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'
import type { RenderedCluster } from './rendered-file.ts'

/** Lists what a folder holds, so that the next render knows what is its own. */
export const renderManifest = 'render.json'

const manifest = z.object({
  /** By host: everything about a file but its content, which is at `HOST/PATH`. */
  hosts: z.record(
    z.string(),
    z.array(
      z.object({
        path: z.string().startsWith('/'),
        mode: z.string(),
        owner: z.string(),
        group: z.string(),
        secret: z.union([z.boolean(), z.array(z.string()).readonly()]),
        onChange: z.object({ do: z.string(), unit: z.string().optional() }),
      }),
    ),
  ),
})

/** Paths within the folder: `pg-node-1/etc/etcd/etcd.yml`. */
export interface WrittenRender {
  readonly written: readonly string[]
  readonly unchanged: readonly string[]
  /** Of a render before, and of no host any more. */
  readonly removed: readonly string[]
}

/**
 * Writes every file below `DIRECTORY/HOST` with its mode, and what a folder cannot keep (owner, effect of a change) into
 * render.json. Only the owner can enter the folder, as the files have the cluster's secrets.
 *
 * A file of an earlier render that is no longer wanted is removed; a file of anybody else's is never touched.
 *
 * @param directory made when it is not there
 * @throws ClusterError unsafe_file when the folder has files but no earlier render
 */
export async function writeRender(cluster: RenderedCluster, directory: string): Promise<WrittenRender> {
  const before = await readManifest(directory)
  const files = [...cluster].flatMap(([host, rendered]) =>
    rendered.map((file) => ({ ...file, at: join(host, file.path) })),
  )
  const wanted = new Set(files.map(({ at }) => at))
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)

  const written: string[] = []
  const unchanged: string[] = []
  for (const { at, content, mode } of files) {
    const target = join(directory, at)
    if (await isSame(target, content, mode)) unchanged.push(at)
    else {
      await writeNew(target, content, Number.parseInt(mode, 8))
      written.push(at)
    }
  }
  const removed = before.filter((at) => !wanted.has(at))
  for (const at of removed) await removeWithin(directory, at)
  // Last: a render that died midway is done again, and still knows what was there before.
  await writeNew(join(directory, renderManifest), `${JSON.stringify(describe(cluster), null, 2)}\n`, 0o644)
  return { written, unchanged, removed }
}

const describe = (cluster: RenderedCluster): z.infer<typeof manifest> => ({
  hosts: Object.fromEntries(
    [...cluster].map(([host, files]) => [
      host,
      files.map(({ path, mode, owner, group, secret, onChange }) => ({
        path,
        mode,
        owner,
        group,
        secret,
        onChange,
      })),
    ]),
  ),
})

/** @returns what the folder holds by an earlier render; empty when it is not there or has nothing */
async function readManifest(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw error.code === 'ENOTDIR' ? foreign(directory, 'is no folder') : error
  })
  if (names.length === 0) return []
  if (!names.includes(renderManifest)) throw foreign(directory, 'has files that no render wrote')
  const text = await readFile(join(directory, renderManifest), 'utf8')
  const read = manifest.safeParse(parseJson(text))
  if (!read.success) throw foreign(directory, `has a ${renderManifest} that no render wrote`)
  return Object.entries(read.data.hosts).flatMap(([host, files]) =>
    files
      .map(({ path }) => join(host, path))
      // Whoever wrote into the manifest must not have files removed elsewhere.
      .filter((at) => !relative('.', at).startsWith('..')),
  )
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const foreign = (directory: string, what: string) =>
  new ClusterError('unsafe_file', `${directory} ${what}.`, {
    fix: 'Name a folder that is empty or not there yet.',
  })

async function isSame(target: string, content: string, mode: string): Promise<boolean> {
  const found = await lstat(target).catch(() => null)
  if (!found?.isFile() || (found.mode & 0o777) !== Number.parseInt(mode, 8)) return false
  return (await readFile(target, 'utf8')) === content
}

/** Never through a link that lies there, and with no more rights than `mode` from the first byte on. */
async function writeNew(target: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await rm(target, { force: true })
  await writeFile(target, content, { flag: 'wx', mode })
  // The process's umask may have taken rights away that the host's file has.
  await chmod(target, mode)
}

/** And the folders that are empty without it. */
async function removeWithin(directory: string, at: string): Promise<void> {
  await rm(join(directory, at), { force: true })
  for (let folder = dirname(at); folder !== '.'; folder = dirname(folder)) {
    const left = await readdir(join(directory, folder)).catch(() => [])
    if (left.length > 0) return
    await rmdir(join(directory, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
