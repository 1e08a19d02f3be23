import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { HostShell } from './host-shell.ts'
import { runProgram } from './run-program.ts'
import { remoteCommandLine, sshHint, sshOptions } from './ssh-command.ts'

const defaultTimeoutMs = 30_000
const sshFailed = 255

/**
 * Runs each command on a connection of its own: one program instead of three for a single command, which is what
 * counts where the answer has seconds. For more than one command on a host, `openSshShell` is cheaper.
 *
 * A command that ends with 255 itself is taken for a connection that failed: ours do not.
 */
export function createSingleUseShell(spec: ClusterSpec): HostShell {
  const alone = ['-T', '-o', 'ControlMaster=no', '-o', 'ControlPath=none']
  return {
    async run(host, command, { timeoutMs = defaultTimeoutMs, signal, user = 'root', input, onOutput } = {}) {
      const limitS = Math.ceil(timeoutMs / 1000) + 5
      const line = remoteCommandLine(command, { sshUser: spec.ssh.user, user, limitS })
      const words = ['ssh', ...alone, ...sshOptions(spec.ssh), '--', host.address, line]
      const end = await runProgram(words, {
        timeoutMs,
        ...(input === undefined ? {} : { input }),
        ...(onOutput ? { onOutput } : {}),
        ...(signal ? { signal } : {}),
      })
      if (end.by === 'aborted') throw signal!.reason
      const name = `${host.name} (${host.address})`
      if (end.by === 'deadline')
        throw new ClusterError('timed_out', `${command[0]} on ${name} was not done in ${timeoutMs} ms.`)
      if (end.exitCode === sshFailed)
        throw new ClusterError('host_unreachable', `${name} does not answer ssh: ${end.stderr.trim()}`, {
          fix: `Check that the host is up, and that this works without a password: ${sshHint(spec.ssh, host)}.`,
        })
      return { exitCode: end.exitCode, stdout: end.stdout, stderr: end.stderr }
    },
    close: async () => {},
  }
}
