import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAptSettings, writeWay } from '@fleet/lab'
import { until } from '../../fleet/testing/fleet-command.ts'

const cache = join(
  process.env['FLEET_LAB_CACHE'] ?? '/var/cache/amsterdam-bike-fleet/lab',
  '../desktop/trixie-minbase',
)
const archives = join(cache, '../archives')

const namespaces = ['--mount', '--pid', '--fork', '--kill-child']

/**
 * A Debian 13 with nothing but its base system, thrown away at the end: a layer over a root that debootstrap made once.
 * It has processes and mounts of its own, and the network of this machine.
 */
export class CleanDebian {
  readonly #holder: ChildProcess
  readonly #pid: number
  readonly #work: string

  private constructor(holder: ChildProcess, pid: number, work: string) {
    this.#holder = holder
    this.#pid = pid
    this.#work = work
  }

  /** @param files of this machine, each by the path that it gets */
  static async open(files: Readonly<Record<string, string>>): Promise<CleanDebian> {
    if (process.getuid?.() !== 0)
      throw new Error('A Debian root is made by root only: run this test as root.')
    const work = mkdtempSync(join(tmpdir(), 'fleet-clean-debian-'))
    const settings = await readAptSettings()
    const way = join(work, 'way')
    mkdirSync(way, { mode: 0o700 })
    writeWay(work, settings)
    if (!existsSync(cache)) {
      const building = `${cache}.new`
      rmSync(building, { recursive: true, force: true })
      const keyring = settings.keyring === null ? [] : [`--keyring=${settings.keyring}`]
      execFileSync(
        'unshare',
        [
          ...namespaces,
          '--mount-proc',
          'debootstrap',
          '--variant=minbase',
          '--include=ca-certificates',
          ...keyring,
          'trixie',
          building,
          settings.mirror,
        ],
        {
          env: {
            ...process.env,
            HOME: way,
            ...(settings.proxy === null ? {} : { http_proxy: settings.proxy }),
          },
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      )
      renameSync(building, cache)
    }
    mkdirSync(join(archives, 'partial'), { recursive: true })
    const holder = spawn(
      'unshare',
      [...namespaces, 'sh', '-c', lay, 'sh', cache, work, archives, ...Object.entries(files).flat()],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(holder.stdout, 'data')
    const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
    return new CleanDebian(holder, Number(children.trim()), work)
  }

  /** Runs a shell script as root, or as somebody else, to its end; returns what it printed. */
  run(script: string, user = 'root'): string {
    const [program = '', ...words] = this.#enter(script, user)
    return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  }

  /** Starts a shell script as somebody. */
  start(script: string, user: string): ChildProcess {
    const [program = '', ...words] = this.#enter(script, user)
    return spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  }

  async close(): Promise<void> {
    this.#holder.kill('SIGKILL')
    await until('nothing runs in the root', () => !existsSync(`/proc/${this.#pid}`) || null, 20_000)
    rmSync(this.#work, { recursive: true, force: true })
  }

  #enter(script: string, user: string): readonly string[] {
    const target = [
      'nsenter',
      `--target=${this.#pid}`,
      '--mount',
      '--pid',
      '--',
      'chroot',
      join(this.#work, 'layer/root'),
    ]
    const shell = `exec setpriv --reuid="$0" --regid="$(id -g "$0")" --init-groups env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$(getent passwd "$0" | cut -d: -f6)" LANG=C.UTF-8 APT_CONFIG=/run/way/apt.conf DEBIAN_FRONTEND=noninteractive sh -eu -c "$1"`
    return [...target, 'sh', '-eu', '-c', shell, user, script]
  }
}

// The upper layer is a tmpfs: an overlay cannot lie on an overlay, which is what a container has as /tmp.
const lay = `
set -eu
lower=$1 work=$2 archives=$3
shift 3
mkdir "$work/layer"
mount -t tmpfs -o mode=0755 tmpfs "$work/layer"
mkdir "$work/layer/upper" "$work/layer/work" "$work/layer/root"
root=$work/layer/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/layer/upper,workdir=$work/layer/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mkdir "$root/run/way"
mount --bind "$work/way" "$root/run/way"
mount --bind "$archives" "$root/var/cache/apt/archives"
printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
while [ $# -gt 0 ]; do cp "$2" "$root$1"; shift 2; done
echo laid
exec sleep infinity
`
