import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ClusterError } from '@fleet/cluster'
import { findCgroupMount } from './cgroup.ts'

/** What this machine has of what a lab needs; tests give their own. */
export interface LabHost {
  readonly platform: string
  readonly isRoot: boolean
  readonly hasProgram: (name: string) => boolean
  readonly mountInfo: string
  readonly filesystems: string
}

/** By program: the Debian package that has it. */
const programs: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  nft: 'nftables',
  ip: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
}

/** Everything that is missing, each a sentence with its fix; empty when a lab can be made. */
export function findMissingSupport(
  host: LabHost,
): readonly { readonly message: string; readonly fix: string }[] {
  if (host.platform !== 'linux')
    return [
      {
        message: `A lab needs Linux; this is ${host.platform}.`,
        fix: 'Run it on Debian 12 or 13, on a virtual machine for one.',
      },
    ]
  const problems: { message: string; fix: string }[] = []
  if (!host.isRoot)
    problems.push({
      message: 'A lab needs root: it makes network namespaces, mounts and machines.',
      fix: 'Run the command as root, with sudo for one.',
    })
  const missing = Object.keys(programs).filter((name) => !host.hasProgram(name))
  if (missing.length > 0) {
    const packages = [...new Set(missing.flatMap((name) => programs[name] ?? []))].sort().join(' ')
    problems.push({
      message: `A lab needs ${missing.join(', ')}.`,
      fix: `As root: apt-get update && apt-get install -y --no-install-recommends ${packages}`,
    })
  }
  if (findCgroupMount(host.mountInfo) === null)
    problems.push({
      message: 'A lab needs a writable cgroup hierarchy of version 2.',
      fix: 'Mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup. In a container, run that one with --privileged.',
    })
  if (!/^nodev\toverlay$/m.test(host.filesystems))
    problems.push({ message: "A lab needs the kernel's overlayfs.", fix: 'As root: modprobe overlay' })
  return problems
}

/** @throws ClusterError lab_unsupported with all that is missing at once */
export function requireLabSupport(): void {
  const problems = findMissingSupport(thisHost())
  if (problems.length === 0) return
  throw new ClusterError('lab_unsupported', problems.map(({ message }) => message).join('\n'), {
    fix: problems.map(({ fix }) => fix).join('\n'),
  })
}

function thisHost(): LabHost {
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    // Debian keeps what only root needs out of other users' PATH.
    hasProgram: (name) => [...folders, '/usr/sbin', '/sbin'].some((folder) => existsSync(join(folder, name))),
    mountInfo: read('/proc/self/mountinfo'),
    filesystems: read('/proc/filesystems'),
  }
}
