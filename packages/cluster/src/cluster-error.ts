/** Every failure that an operator may meet, with what to do about it. Anything else that is thrown is a bug. */
const clusterErrorTable = {
  invalid_spec: 'Correct the lines named above and run the command again.',
  missing_file: 'Run `fleet cluster init` in an empty folder, or name the file with --file.',
  unsafe_file: 'Make the file readable by its owner only: chmod 600 FILE.',
  missing_program: 'Install the program named above and run the command again.',
  host_unreachable: 'Check that the host is up, and that `ssh` to it works without a password.',
  command_failed: 'Read what the host said above; `fleet cluster logs NODE SERVICE` shows more.',
  cluster_unhealthy: 'See `fleet cluster status` for what is wrong and the next step.',
  deploy_failed: 'Mend what is named above and run the same command again: it goes on where it stopped.',
  timed_out: 'See `fleet cluster status`; the work may still be under way.',
  lab_unsupported: 'Install what is named above, as root, on Debian 12 or 13.',
  lab_not_found: 'See `fleet lab status`; `fleet lab up` makes a lab.',
  lab_failed: 'Run `fleet lab down` and try again.',
  drill_not_found: 'See `fleet drill list` for the drills and `fleet drill history` for what was run.',
  drill_refused: 'Run it on a lab: `fleet lab up`, then the same command with --lab.',
  drill_failed: 'Run the drill again; `fleet cluster status` shows whether the cluster is well.',
} as const
export type ClusterErrorCode = keyof typeof clusterErrorTable

/** An expected failure: a code from one table, a sentence an operator understands, what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  readonly code: ClusterErrorCode
  readonly fix: string

  constructor(code: ClusterErrorCode, message: string, options: { cause?: unknown; fix?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fix = options.fix ?? clusterErrorTable[code]
  }
}
