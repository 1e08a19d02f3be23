import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ClusterError } from '@fleet/cluster'
import { until } from './until.ts'

/**
 * Every process of a lab is in a cgroup that bears the lab's name: so all are found and killed at once, whoever started
 * them and whatever became of that one. It also keeps machines apart: nspawn would put all of them into the same one.
 */
const labsCgroup = 'fleet-lab'

/** @returns where version 2 of the hierarchy is mounted; null when it is not, or cannot be written to */
export function findCgroupMount(mountInfo: string): string | null {
  const mounts = mountInfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const path = before.split(' ')[4]
    return path !== undefined && after.startsWith('cgroup2 ') ? [{ path, options: before.split(' ')[5] }] : []
  })
  return mounts.find(({ options }) => options?.split(',').includes('rw'))?.path ?? null
}

/** @throws ClusterError lab_unsupported */
export function labCgroup(lab: string): string {
  const mount = findCgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (mount === null)
    throw new ClusterError('lab_unsupported', 'There is no writable cgroup hierarchy (version 2) here.', {
      fix: 'Mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup. In a container, run that one with --privileged.',
    })
  return join(mount, labsCgroup, lab)
}

export function createCgroup(path: string): void {
  mkdirSync(path, { recursive: true })
}

/** Words that run a command in a cgroup: all that it starts is in there too. */
export const placedIn = (cgroup: string, words: readonly string[]): readonly string[] => [
  'sh',
  '-eu',
  '-c',
  'echo 0 > "$1/cgroup.procs"; shift; exec "$@"',
  'placed',
  cgroup,
  ...words,
]

/** Processes in it and below it. */
export function processesIn(path: string): readonly number[] {
  return foldersBelow(path).flatMap((folder) => readNumbers(join(folder, 'cgroup.procs')))
}

/** Kills everything in it, at once and without asking, and removes it. Nothing happens when it is not there. */
export async function removeCgroup(path: string): Promise<void> {
  await killCgroup(path)
  const shadow = shadowOf(path)
  if (shadow !== null) for (const folder of foldersBelow(shadow).toReversed()) rmdirSync(folder)
  // Of the last lab.
  for (const parent of [dirname(path), ...(shadow === null ? [] : [dirname(shadow)])])
    if (basename(parent) === labsCgroup) removeIfEmpty(parent)
}

/** On a machine that has version 1 too, nspawn makes the same folders in there. */
function shadowOf(path: string): string | null {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const mount = lines.find((line) => / - cgroup \S+ \S*\bname=systemd\b/.test(line))?.split(' ')[4]
  const own = findCgroupMount(lines.join('\n'))
  return mount === undefined || own === null ? null : join(mount, relative(own, path))
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if (!['EBUSY', 'ENOENT', 'ENOTEMPTY'].some((code) => isCode(error, code))) throw error
  }
}

async function killCgroup(path: string): Promise<void> {
  if (!existsSync(path)) return
  const isGone = await until(10_000, () => {
    try {
      writeFileSync(join(path, 'cgroup.kill'), '1')
      // From the inside out: a cgroup with children cannot be removed.
      for (const folder of foldersBelow(path).toReversed()) rmdirSync(folder)
    } catch (error) {
      // A process takes its moment to die.
      if (!['EBUSY', 'ENOENT', 'ENOTEMPTY'].some((code) => isCode(error, code))) throw error
    }
    return !existsSync(path)
  })
  if (!isGone)
    throw new ClusterError(
      'lab_failed',
      `The processes in ${path} did not end: ${processesIn(path).join(', ')}.`,
      {
        fix: 'One of them hangs in the kernel, on a disk perhaps: see `dmesg`, then run the same command again.',
      },
    )
}

/** Stops or continues all processes in it between two instructions. */
export async function freezeCgroup(path: string, frozen: boolean): Promise<void> {
  writeFileSync(join(path, 'cgroup.freeze'), frozen ? '1' : '0')
  const wanted = `frozen ${frozen ? 1 : 0}`
  const isDone = await until(5_000, () => readFileSync(join(path, 'cgroup.events'), 'utf8').includes(wanted))
  if (!isDone)
    throw new ClusterError('lab_failed', `The processes in ${path} did not ${frozen ? 'stop' : 'go on'}.`)
}

export function isFrozen(path: string): boolean {
  try {
    return readFileSync(join(path, 'cgroup.freeze'), 'utf8').trim() === '1'
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}

/** Itself first, then what is below. */
function foldersBelow(path: string): readonly string[] {
  try {
    const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [path, ...below.flatMap((entry) => foldersBelow(join(path, entry.name)))]
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

function readNumbers(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number)
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENODEV')) return []
    throw error
  }
}

const isCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code
