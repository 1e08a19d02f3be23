import { ClusterError, type ProgramEnd, type ProgramOptions, runProgram } from '@fleet/cluster'

const lastLines = (text: string, count: number) => text.trim().split('\n').slice(-count).join('\n')

/**
 * Runs a program of this machine that has to succeed.
 *
 * @throws ClusterError lab_failed with the last lines that it said; missing_program
 */
export async function hostCommand(
  words: readonly string[],
  options: ProgramOptions & { readonly failure?: string } = {},
): Promise<ProgramEnd> {
  const { failure, ...rest } = options
  const end = await runProgram(words, { timeoutMs: 30_000, ...rest })
  if (end.by === 'exit' && end.exitCode === 0) return end
  const how =
    end.by === 'aborted'
      ? 'was stopped'
      : end.by === 'deadline'
        ? 'took too long'
        : `ended with ${end.exitCode}`
  const said = lastLines(end.stderr || end.stdout, 15)
  throw new ClusterError(
    'lab_failed',
    `${failure ?? `\`${words.join(' ')}\` failed`}: it ${how}${said ? `.\n${said}` : '.'}`,
  )
}
