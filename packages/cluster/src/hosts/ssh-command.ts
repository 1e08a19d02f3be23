import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'

/** A host that says nothing for this long does not answer: the machines are in one network. */
const connectTimeoutS = 3
/** A host that dies silently ends the command after `interval * count` seconds. */
const aliveIntervalS = 2
const aliveCount = 2

/**
 * One word for a POSIX shell, whatever it holds.
 *
 * @throws RangeError for a NUL character, which no argument can hold
 */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new RangeError('A word of a command holds a NUL character.')
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * The command line for the host's login shell that runs `command` as `user`.
 *
 * @param limitS seconds after which the host itself ends the command, so that one that was given up here does not
 *   run on there
 */
export function remoteCommandLine(
  command: readonly string[],
  { sshUser, user, limitS }: { sshUser: string; user: string; limitS: number },
): string {
  const become =
    user === sshUser
      ? []
      : sshUser === 'root'
        ? ['runuser', '-u', user, '--']
        : ['sudo', '-n', '-H', '-u', user, '--']
  const limit = ['timeout', '--kill-after=5', String(limitS)]
  // From the root folder: another user may not enter the home folder that ssh starts in, and programs complain.
  return `cd / && exec ${[...limit, ...become, ...command].map(quoteWord).join(' ')}`
}

/**
 * How ssh reaches a host of the cluster, for every program that calls ssh: never asks, never trusts an unknown key.
 *
 * @returns options for `ssh`, to be followed by `--`, the host's address and a command
 */
export function sshOptions(ssh: ClusterSpec['ssh']): string[] {
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `ConnectTimeout=${connectTimeoutS}`,
    `ServerAliveInterval=${aliveIntervalS}`,
    `ServerAliveCountMax=${aliveCount}`,
    // The operator's own configuration may set these for the same addresses.
    'RemoteCommand=none',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'LogLevel=ERROR',
    ...(ssh.knownHostsFile === null ? [] : [`UserKnownHostsFile=${sshPath(ssh.knownHostsFile)}`]),
    ...(ssh.identityFile === null ? [] : [`IdentityFile=${sshPath(ssh.identityFile)}`, 'IdentitiesOnly=yes']),
  ]
  return ['-p', String(ssh.port), '-l', ssh.user, ...settings.flatMap((setting) => ['-o', setting])]
}

/** ssh splits values at spaces and replaces what follows a percent sign. */
const sshPath = (path: string): string =>
  `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** What an operator types to see the same failure. */
export const sshHint = (ssh: ClusterSpec['ssh'], host: HostSpec): string =>
  `ssh -p ${ssh.port} ${ssh.user}@${host.address}`
