import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from '@fleet/cluster'
import { openFileLock } from '../file-lock.ts'
import { hostCommand } from '../host-command.ts'
import type { Steps } from '../steps.ts'
import { type AptSettings, netrcOf, readAptSettings } from './apt-settings.ts'
import { createImageRecipe, imageKey, type ImageRecipe } from './image-recipe.ts'

const buildDeadlineMs = 20 * 60_000
/** How long one build waits for another of the same cache. */
const lockWaitMs = buildDeadlineMs
const stalePrefix = 'building-'

export interface LabImage {
  /** A Debian root folder: the lower layer of every machine. Never written to. */
  readonly directory: string
  /** False when it was there already. */
  readonly isNew: boolean
}

async function currentRecipe(): Promise<ImageRecipe> {
  const { stdout } = await hostCommand(['dpkg', '--print-architecture'])
  return createImageRecipe(stdout.trim())
}

/**
 * Builds the base image unless it is there. It appears in the cache whole or not at all, and only one process builds.
 *
 * @throws ClusterError lab_failed
 */
export async function ensureImage(
  cacheDirectory: string,
  steps: Steps,
  signal: AbortSignal,
): Promise<LabImage> {
  const recipe = await currentRecipe()
  const directory = join(cacheDirectory, imageKey(recipe))
  if (existsSync(directory)) return { directory, isNew: false }
  const lock = await steps.step('Wait for the image', () =>
    openFileLock(join(cacheDirectory, '.lock'), lockWaitMs),
  )
  if (!lock) throw new ClusterError('lab_failed', 'Another process builds the image and does not finish.')
  try {
    if (existsSync(directory)) return { directory, isNew: false }
    // We have the lock, so whoever left these is gone, and so is what it had started.
    for (const name of readdirSync(cacheDirectory))
      if (name.startsWith(stalePrefix)) rmSync(join(cacheDirectory, name), { recursive: true, force: true })
    const building = join(cacheDirectory, `${stalePrefix}${imageKey(recipe)}`)
    mkdirSync(join(building, 'way'), { recursive: true, mode: 0o700 })
    try {
      await build(recipe, building, steps, signal)
      renameSync(join(building, 'root'), directory)
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
    return { directory, isNew: true }
  } finally {
    lock.release()
  }
}

async function build(
  recipe: ImageRecipe,
  building: string,
  steps: Steps,
  signal: AbortSignal,
): Promise<void> {
  const root = join(building, 'root')
  const apt = await readAptSettings()
  const way = writeWay(building, apt)
  const options = {
    timeoutMs: buildDeadlineMs,
    signal,
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      DEBIAN_FRONTEND: 'noninteractive',
      // Where wget, which debootstrap uses, looks for .netrc.
      HOME: way,
      ...(apt.proxy === null ? {} : { http_proxy: apt.proxy }),
    },
  }
  await steps.step('Debian 13 base system', (note) =>
    hostCommand(
      enclosed([
        'debootstrap',
        '--variant=minbase',
        `--include=${recipe.basePackages.join(',')}`,
        ...(apt.keyring === null ? [] : [`--keyring=${apt.keyring}`]),
        recipe.suite,
        root,
        apt.mirror,
      ]),
      {
        ...options,
        failure: 'debootstrap could not make a Debian root',
        onOutput: noteLines(note, /^I: (.*)$/),
      },
    ),
  )
  await steps.step(`${recipe.packages.length} packages and what they need`, (note) =>
    hostCommand(enclosed(['sh', '-eu', '-c', installScript, 'install', root, way, ...recipe.packages]), {
      ...options,
      failure: 'The packages of the cluster could not be installed in the image',
      onOutput: noteLines(note, /^(?:Get:\d+|Unpacking|Setting up) (.*)$/),
    }),
  )
  await steps.step('Finish the image', () =>
    hostCommand(enclosed(['chroot', root, 'sh', '-eu', '-c', recipe.finish]), {
      ...options,
      failure: 'The image could not be finished',
    }),
  )
}

/**
 * In a process and a mount namespace of their own, which end with this process: a build that is killed leaves no
 * program running and nothing mounted.
 */
const enclosed = (words: readonly string[]): readonly string[] => [
  'setpriv',
  '--pdeathsig=KILL',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  ...words,
]

/** How apt reaches the mirror is laid over /run while it runs, so that no proxy or password stays in the image. */
const installScript = `
root=$1 way=$2
shift 2
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mkdir "$root/run/way"
mount --bind "$way" "$root/run/way"
mount -t proc proc "$root/proc"
mkdir -p "$root/etc/postgresql-common/createcluster.d"
# Patroni makes the database; one that Debian makes would be in its way.
echo 'create_main_cluster = false' > "$root/etc/postgresql-common/createcluster.d/lab.conf"
printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
export APT_CONFIG=/run/way/apt.conf
chroot "$root" apt-get update
chroot "$root" apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"
rm "$root/usr/sbin/policy-rc.d"
`

/**
 * What apt and wget need to reach the mirror, for the time of one build: passwords among it. `APT_CONFIG` is its
 * `apt.conf`, which expects the folder at /run/way; wget's home is the folder itself.
 *
 * @returns the folder, in `building`
 */
export function writeWay(building: string, apt: AptSettings): string {
  const way = join(building, 'way')
  const lines = [apt.acquire, 'Dir::Etc::netrc "/run/way/auth.conf";', 'APT::Sandbox::User "root";']
  const certificates = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(certificates)) {
    // A mirror may be signed by an authority that only this machine was told to trust.
    writeFileSync(join(way, 'ca.crt'), readFileSync(certificates))
    if (!apt.acquire.includes('::CAInfo')) lines.push('Acquire::https::CAInfo "/run/way/ca.crt";')
  }
  writeFileSync(join(way, 'apt.conf'), `${lines.join('\n')}\n`, { mode: 0o600 })
  writeFileSync(join(way, 'auth.conf'), apt.netrc, { mode: 0o600 })
  writeFileSync(join(way, '.netrc'), netrcOf(apt.netrc), { mode: 0o600 })
  return way
}

/** The last line that says something, of output that comes in pieces. */
function noteLines(note: (text: string) => void, pattern: RegExp): (text: string) => void {
  let begun = ''
  return (text) => {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    const said = lines.map((line) => pattern.exec(line)?.[1]).findLast((line) => line !== undefined)
    if (said !== undefined) note(said)
  }
}
