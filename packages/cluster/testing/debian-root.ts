import { type ChildProcess, spawn } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { ShellResult } from '../src/hosts/host-shell.ts'
import type { RenderedFile } from '../src/render/rendered-file.ts'

/** A file to place; owner and group are names of the Debian root, as on a host. */
export type PlacedFile = Pick<RenderedFile, 'path' | 'content' | 'mode' | 'owner' | 'group'>

export interface DebianRootOptions {
  /** Sent to the command's standard input. */
  readonly input?: string
  /** Milliseconds until everything in the root is killed. Default 30,000. */
  readonly timeoutMs?: number
}

const defaultCache = '/var/cache/amsterdam-bike-fleet/lab'

/**
 * The newest base image that the lab has built: `$FLEET_LAB_CACHE/trixie-HASH`, which appears there whole or not at all.
 *
 * @throws Error naming the command that builds one
 */
export function findDebianRoot(): string {
  const cache = process.env['FLEET_LAB_CACHE'] ?? defaultCache
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('trixie-')) : []
  const newest = names
    .map((name) => join(cache, name))
    .map((root) => ({ root, changedMs: statSync(root).ctimeMs }))
    .sort((a, b) => b.changedMs - a.changedMs)[0]
  if (!newest)
    throw new Error(
      `There is no Debian 13 image below ${cache}, whose checkers judge the rendered files. Build it once with: npm run fleet -- lab image`,
    )
  return newest.root
}

/** Numbers by name, from the root's own /etc/passwd or /etc/group. */
export function readIds(root: string, file: 'passwd' | 'group'): ReadonlyMap<string, number> {
  const lines = readFileSync(join(root, 'etc', file), 'utf8')
    .trimEnd()
    .split('\n')
  return new Map(
    lines.map((line) => {
      const [name = '', , id = ''] = line.split(':')
      return [name, Number(id)]
    }),
  )
}

/**
 * Runs a command in a Debian 13 root with the cluster's packages, with `files` placed as a host has them. The root is
 * a throw-away overlay, with processes, mounts and network of its own (loopback is up): a daemon may be started, and
 * nothing outlives the call.
 *
 * @throws Error when there is no image, when not root, when a file's owner does not exist in the root
 */
export async function withDebianRoot(
  files: readonly PlacedFile[],
  command: readonly string[],
  options: DebianRootOptions = {},
): Promise<ShellResult> {
  const work = mkdtempSync(join(tmpdir(), 'fleet-debian-root-'))
  try {
    const namespaces = ['--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child']
    const withLoopback = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
    const words = enterDebianRoot(files, work, command)
    const child = spawn('unshare', [...namespaces, ...withLoopback, ...words], { stdio: 'pipe' })
    return await collect(child, options)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * The program that becomes `command` in such a root, with the processes and the network of its caller. Nothing of it is
 * seen from outside, and it is gone with its last process.
 *
 * @param work an empty folder of the caller, who removes it; it may serve again once the process has ended
 * @throws Error when there is no image, when not root, when a file's owner does not exist in the root
 */
export function enterDebianRoot(
  files: readonly PlacedFile[],
  work: string,
  command: readonly string[],
): readonly string[] {
  const lower = findDebianRoot()
  if (process.getuid?.() !== 0)
    throw new Error('A Debian root is entered by root only: run the tests as root.')
  placeFiles(files, join(work, 'placed'), lower)
  return ['unshare', '--mount', 'sh', '-c', enterRoot, 'sh', lower, work, ...command]
}

// The upper layer is a tmpfs: an overlay cannot lie on an overlay, which is what a container has as /tmp.
const enterRoot = `
set -eu
lower=$1 work=$2
shift 2
mkdir -p "$work/layer"
mount -t tmpfs -o mode=0755 tmpfs "$work/layer"
mkdir "$work/layer/upper" "$work/layer/work" "$work/layer/root"
root=$work/layer/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/layer/upper,workdir=$work/layer/work" "$root"
cp -a "$work/placed/." "$root/"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
`

function placeFiles(files: readonly PlacedFile[], into: string, root: string): void {
  const users = readIds(root, 'passwd')
  const groups = readIds(root, 'group')
  mkdirSync(into, { recursive: true })
  for (const file of files) {
    const user = users.get(file.owner)
    const group = groups.get(file.group)
    if (user === undefined) throw new Error(`${file.path}: the image has no user ${file.owner}.`)
    if (group === undefined) throw new Error(`${file.path}: the image has no group ${file.group}.`)
    const target = join(into, file.path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, file.content, { mode: Number.parseInt(file.mode, 8) })
    chownSync(target, user, group)
  }
}

function collect(child: ChildProcess, options: DebianRootOptions): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // unshare --kill-child takes the whole process namespace down with itself.
    const deadline = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 30_000)
    child.on('error', (error) => {
      clearTimeout(deadline)
      reject(error)
    })
    child.on('close', (exitCode, signal) => {
      clearTimeout(deadline)
      if (signal === 'SIGKILL')
        reject(new Error(`Not done after ${options.timeoutMs ?? 30_000} ms: ${stdout}${stderr}`))
      else resolve({ exitCode: exitCode ?? 1, stdout, stderr })
    })
    child.stdin?.end(options.input ?? '')
  })
}
