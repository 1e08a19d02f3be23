import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterStatus } from '@fleet/cluster'
import type { FaultRun } from '@fleet/lab'
import { type FinishedCommand, type RunningCommand, startCommand, until } from '../testing/fleet-command.ts'

/** A lab that a journey drives by the same commands as a person. */
export interface LabUnderTest {
  readonly name: string
  /** Where its drills leave their folders; may not be there. */
  readonly drillsFolder: string
  /** Runs `fleet WORDS`; resolves whatever it says. */
  fleet(words: readonly string[]): Promise<FinishedCommand>
  start(words: readonly string[]): RunningCommand
  /** Runs `fleet cluster WORDS --lab NAME --json`. @throws with all that it said when its exit code is another */
  cluster<T>(words: readonly string[], exitCode?: number): Promise<T>
  /** What the application is told by psql. @throws with all that it said when it fails */
  psql(sql: string, replica?: boolean): Promise<string>
  /** What status says once it says healthy: a busy machine may answer late and be called degraded for it. */
  healthy(): Promise<ClusterStatus>
  /** Does a fault once by `fleet lab measure`. */
  measure(fault: string): Promise<FaultRun>
}

/** Of every fault; its time is told apart, since a busy machine makes it longer. */
export const asPromised = { missing: [], twoPrimaries: 0, untruths: [] }

/** The limit itself is for `fleet lab measure` on a machine with nothing else to do. */
export const busyLimitMs = (limitMs: number): number => limitMs + 10_000

/** @param label tells this journey's lab from others of the same machine */
export function labUnderTest(label: string): LabUnderTest {
  const name = `${label}-${process.pid}`
  const kept = ['FLEET_LAB_HOME', 'FLEET_LAB_CACHE'].flatMap((variable) => {
    const value = process.env[variable]
    return value === undefined ? [] : [[variable, value] as const]
  })
  const drillsFolder = join(tmpdir(), `fleet-drills-${name}`)
  const env = { ...Object.fromEntries(kept), FLEET_LAB: name, FLEET_DRILLS: drillsFolder }
  const start = (words: readonly string[]) => startCommand(words, env)
  return {
    name,
    drillsFolder,
    start,
    fleet: (words) => start(words).finished,
    async cluster<T>(words: readonly string[], exitCode = 0): Promise<T> {
      const done = await start(['cluster', ...words, '--lab', name, '--json']).finished
      expectCode(['cluster', ...words], done, exitCode)
      return lastJson<T>(done.stdout)
    },
    async psql(sql, replica = false) {
      const words = ['cluster', 'psql', '--lab', name, ...(replica ? ['--replica'] : []), '--', '-XAtc', sql]
      const done = await start(words).finished
      expectCode(words, done)
      return done.stdout.trim()
    },
    healthy: () =>
      until(
        'status says healthy',
        async () => {
          const done = await start(['cluster', 'status', '--lab', name, '--json']).finished
          const status = lastJson<ClusterStatus>(done.stdout)
          return status.level === 'healthy' && done.code === 0 ? status : null
        },
        300_000,
      ),
    async measure(fault) {
      const done = await start(['lab', 'measure', fault, '--runs', '1', '--json']).finished
      const { runs = [] } = lastJson<{ runs?: readonly FaultRun[] }>(done.stdout)
      const [run] = runs
      if (!run) throw new Error(`nothing was measured:\n${done.stdout}\n${done.stderr}`)
      return run
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
