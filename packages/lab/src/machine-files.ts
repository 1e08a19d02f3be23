import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MachineState } from './lab-state.ts'
import { labNetwork } from './topology.ts'

/** A file of a machine that the image does not have. */
export interface MachineFile {
  /** Absolute, in the machine. */
  readonly path: string
  readonly content: string
  readonly mode: number
}

export interface MachineIdentity {
  /** 32 hexadecimal digits, as machine-id(5) wants them. */
  readonly machineId: string
  readonly hostKey: string
  readonly hostKeyPublic: string
  /** Who may sign in as root. */
  readonly authorizedKey: string
}

/** What makes one machine of the image: its name, its address, its keys, and the names of the others. */
export function machineFiles(
  machine: MachineState,
  all: readonly MachineState[],
  identity: MachineIdentity,
): readonly MachineFile[] {
  const hosts = all.map(({ name, address }) => `${address} ${name}`)
  return [
    { path: '/etc/hostname', content: `${machine.name}\n`, mode: 0o644 },
    { path: '/etc/machine-id', content: `${identity.machineId}\n`, mode: 0o444 },
    {
      path: '/etc/hosts',
      content: ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...hosts, ''].join('\n'),
      mode: 0o644,
    },
    { path: '/etc/systemd/network/10-host0.network', content: networkFile(machine.address), mode: 0o644 },
    { path: '/root/.ssh/authorized_keys', content: identity.authorizedKey, mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key', content: identity.hostKey, mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', content: identity.hostKeyPublic, mode: 0o644 },
  ]
}

// Kept as it is when the link goes away and comes back: keepalived's address on it is not networkd's to remove.
const networkFile = (address: string) => `[Match]
Name=${labNetwork.interface}

[Network]
Address=${address}/${labNetwork.prefixLength}
LinkLocalAddressing=no
IPv6AcceptRA=no
LLMNR=no
ConfigureWithoutCarrier=yes
IgnoreCarrierLoss=yes
KeepConfiguration=yes
`

/** Folders whose mode is not 0755 in Debian: one that we make in the upper layer takes the place of the image's. */
const folderModes: Readonly<Record<string, number>> = { '/root': 0o700, '/root/.ssh': 0o700 }

/** @param upper the overlay's upper folder, which is empty */
export function writeMachineFiles(upper: string, files: readonly MachineFile[]): void {
  // As overlayfs shows the machine's `/` with the mode of the upper one.
  mkdirSync(upper, { recursive: true, mode: 0o755 })
  for (const { path, content, mode } of files) {
    makeFolder(upper, dirname(path))
    writeFileSync(join(upper, path), content, { mode })
  }
}

function makeFolder(upper: string, folder: string): void {
  if (folder === '/') return
  makeFolder(upper, dirname(folder))
  mkdirSync(join(upper, folder), { recursive: true, mode: folderModes[folder] ?? 0o755 })
}
