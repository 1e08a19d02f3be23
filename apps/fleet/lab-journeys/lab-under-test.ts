import { type FinishedCommand, type RunningCommand, startCommand } from '../testing/fleet-command.ts'

/** A lab that a journey drives by the same commands as a person. */
export interface LabUnderTest {
  readonly name: string
  /** Runs `fleet WORDS`; resolves whatever it says. */
  fleet(words: readonly string[]): Promise<FinishedCommand>
  start(words: readonly string[]): RunningCommand
  /** Runs `fleet cluster WORDS --lab NAME --json`. @throws with all that it said when its exit code is another */
  cluster<T>(words: readonly string[], exitCode?: number): Promise<T>
}

/** @param label tells this journey's lab from others of the same machine */
export function labUnderTest(label: string): LabUnderTest {
  const name = `${label}-${process.pid}`
  const kept = ['FLEET_LAB_HOME', 'FLEET_LAB_CACHE'].flatMap((variable) => {
    const value = process.env[variable]
    return value === undefined ? [] : [[variable, value] as const]
  })
  const env = { ...Object.fromEntries(kept), FLEET_LAB: name }
  const start = (words: readonly string[]) => startCommand(words, env)
  return {
    name,
    start,
    fleet: (words) => start(words).finished,
    async cluster<T>(words: readonly string[], exitCode = 0): Promise<T> {
      const done = await start(['cluster', ...words, '--lab', name, '--json']).finished
      expectCode(['cluster', ...words], done, exitCode)
      return lastJson<T>(done.stdout)
    },
  }
}

/** @throws with all that the command said, when it ended otherwise */
export function expectCode(words: readonly string[], done: FinishedCommand, exitCode = 0): void {
  if (done.code === exitCode) return
  throw new Error(
    `fleet ${words.join(' ')} ended with ${done.code} instead of ${exitCode}:\n${done.stdout}\n${done.stderr}`,
  )
}

/** A command that tells of its progress in lines of JSON says its result in the last one. */
export const lastJson = <T>(stdout: string): T => JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
