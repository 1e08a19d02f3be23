import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import type { HostShell, ShellOptions, ShellResult } from './host-shell.ts'
import { runProgram } from './run-program.ts'
import { remoteCommandLine, sshHint, sshOptions } from './ssh-command.ts'
import { controlConnection, openSocketFolder, type SocketFolder } from './socket-folder.ts'

const defaultTimeoutMs = 30_000
/** ssh bounds the connecting itself but not the key exchange after it, in which a host can freeze too. */
const connectLimitMs = 8_000
/** A kept connection that nobody uses ends by itself, also when this program was killed before it could. */
const persistS = 60
/** For commands without a deadline, which end when nobody reads them any more: those that never write would stay. */
const longestS = 86_400
const sshFailed = 255

/**
 * Runs commands on the cluster's hosts with OpenSSH's own `ssh`, so that the operator's keys, agent and
 * ~/.ssh/config count. One connection a host is made at the first command, kept, and shared by all that follow.
 */
export function openSshShell(spec: ClusterSpec, home: ClusterHome): HostShell {
  const connections = new Map<string, Promise<void>>()
  let folder: Promise<SocketFolder> | null = null
  /** Ends attempts to connect that nobody waits for any more: a host that is off must not hold up the close. */
  let closing = new AbortController()

  const socketOf = async (host: HostSpec): Promise<string> => {
    folder ??= openSocketFolder('fleet-ssh')
    return join((await folder).path, host.address)
  }

  const connect = async (host: HostSpec, socket: string): Promise<void> => {
    const master = ['-M', '-N', '-f', '-o', `ControlPath=${socket}`, '-o', `ControlPersist=${persistS}`]
    const end = await runProgram(['ssh', ...master, ...sshOptions(spec.ssh), '--', host.address], {
      timeoutMs: connectLimitMs,
      signal: closing.signal,
    })
    if (end.by === 'aborted') throw unreachable(host, 'the shell was closed while it connected')
    if (end.by === 'deadline')
      throw unreachable(host, `no answer during the key exchange in ${connectLimitMs / 1000} s`)
    if (end.exitCode !== 0) throw unreachable(host, end.stderr)
  }

  /** One attempt at a time for each host: commands that start together wait for the same connection. */
  const connected = (host: HostSpec, socket: string): Promise<void> => {
    const known = connections.get(host.name)
    if (known) return known
    if (existsSync(socket)) return Promise.resolve()
    const attempt = connect(host, socket).finally(() => connections.delete(host.name))
    connections.set(host.name, attempt)
    return attempt
  }

  const unreachable = (host: HostSpec, words: string): ClusterError => {
    const said = words.trim().replaceAll('\r', '') || 'the connection broke'
    return new ClusterError(
      'host_unreachable',
      `${host.name} (${host.address}) does not answer ssh: ${said}`,
      {
        fix: /host key/i.test(said)
          ? `Compare the host's key with the one its console shows, and add it to ${spec.ssh.knownHostsFile ?? '~/.ssh/known_hosts'}: ssh-keyscan -p ${spec.ssh.port} ${host.address}`
          : `Check that the host is up, and that this works without a password: ${sshHint(spec.ssh, host)} (user, port and key are set in ${home.specFile} under ssh).`,
      },
    )
  }

  return {
    async run(host, command, options: ShellOptions = {}): Promise<ShellResult> {
      const { timeoutMs = defaultTimeoutMs, signal, user = 'root' } = options
      const startMs = performance.now()
      const socket = await socketOf(host)
      await within(connected(host, socket), timeoutMs, signal, () =>
        unreachable(host, `no connection in ${timeoutMs} ms`),
      )
      const line = remoteCommandLine(command, {
        sshUser: spec.ssh.user,
        user,
        limitS: Math.min(Math.ceil(timeoutMs / 1000) + 5, longestS),
      })
      const kept = ['-T', '-o', 'ControlMaster=no', '-o', `ControlPath=${socket}`]
      const words = ['ssh', ...kept, ...sshOptions(spec.ssh), '--', host.address, line]
      const end = await runProgram(words, {
        timeoutMs: Math.max(1, timeoutMs - (performance.now() - startMs)),
        ...(options.input === undefined ? {} : { input: options.input }),
        ...(options.onOutput ? { onOutput: options.onOutput } : {}),
        ...(signal ? { signal } : {}),
      })
      if (end.by === 'aborted') throw signal!.reason
      if (end.by === 'deadline')
        throw new ClusterError(
          'timed_out',
          `${command[0]} on ${host.name} (${host.address}) was not done in ${timeoutMs} ms.`,
        )
      // A command may end with 255 too: then the connection is still there.
      if (end.exitCode === sshFailed && !(await isAlive(socket))) throw unreachable(host, end.stderr)
      return { exitCode: end.exitCode, stdout: end.stdout, stderr: end.stderr }
    },

    async close() {
      if (!folder) return
      const opening = folder
      folder = null
      const opened = await opening
      closing.abort()
      closing = new AbortController()
      await Promise.allSettled(connections.values())
      await opened.close()
    },
  }
}

const isAlive = async (socket: string): Promise<boolean> =>
  (await controlConnection(socket, 'check')).exitCode === 0

/** Stops waiting after the deadline or when told to; the work itself goes on for others who wait for it. */
function within(
  work: Promise<void>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  late: () => Error,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), Math.min(timeoutMs, connectLimitMs * 2))
    const onAbort = () => reject(signal!.reason)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}
