import type { HostSpec } from '../spec/cluster-spec.ts'

export interface ShellResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface ShellOptions {
  /** Sent to the command's standard input: the way for secrets, which must never be in argv. */
  readonly input?: string
  /** Milliseconds until the command is given up with `timed_out`. Default 30,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Runs as this user (by sudo or runuser); default root. */
  readonly user?: string
  /** Called for each piece of output as it comes, for `logs --follow`. */
  readonly onOutput?: (text: string) => void
}

/** Runs commands on the cluster's hosts. Words are quoted for the remote shell, never pasted. */
export interface HostShell {
  /**
   * Resolves also when the command fails: look at `exitCode`.
   *
   * @throws ClusterError host_unreachable when ssh could not connect (its exit code 255), timed_out
   */
  run(host: HostSpec, command: readonly string[], options?: ShellOptions): Promise<ShellResult>
  /** Closes the kept connections. */
  close(): Promise<void>
}
