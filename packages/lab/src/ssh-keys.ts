import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { hostCommand } from './host-command.ts'
import type { Lab, MachineState } from './lab-state.ts'

export interface SshKey {
  readonly private: string
  /** `ssh-ed25519 AAAA...` and a line end. */
  readonly public: string
}

/** Makes an ed25519 key without a passphrase in two files, `file` and `file.pub`. */
export async function createSshKey(file: string): Promise<SshKey> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  for (const path of [file, `${file}.pub`]) rmSync(path, { force: true })
  await hostCommand(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8') }
}

/** A line of known_hosts: the machine has shown no key yet, we gave it the one. */
export const knownHostLine = (names: readonly string[], publicKey: string): string =>
  `${names.join(',')} ${publicKey.trim().split(' ').slice(0, 2).join(' ')}\n`

/** Words of an ssh to a machine, from within the lab: with the lab's own key, and no trust that it did not give. */
export const sshWords = (lab: Lab, machine: MachineState): readonly string[] => [
  'ssh',
  // Nothing of whoever runs it.
  '-F',
  'none',
  '-i',
  lab.places.identityFile,
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  `UserKnownHostsFile=${lab.places.knownHostsFile}`,
  '-o',
  'StrictHostKeyChecking=yes',
  `root@${machine.address}`,
]
