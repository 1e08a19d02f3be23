import type { ClusterStatus, StatusLevel } from '@fleet/cluster'
import { type MeasureContext, readStatus } from './measure-context.ts'

/** One answer of status while something was wrong. */
export interface StatusSample {
  /** When it was asked and when it answered, by the operation's clock. */
  readonly askedMs: number
  readonly answeredMs: number
  readonly level: StatusLevel
  readonly writesPossible: boolean
  /** Hosts of which some source said that they do not answer. */
  readonly silentHosts: readonly string[]
}

export interface StatusWatch {
  stop(): Promise<readonly StatusSample[]>
}

/** Two answers are never nearer than this: in a lab one machine bears the work that each answer gives to every host. */
const everyMs = 5_000

/** Asks for the status again and again. */
export function watchStatus(context: MeasureContext): StatusWatch {
  const { clock } = context.operation
  const samples: StatusSample[] = []
  const stop = new AbortController()
  const watch = async () => {
    while (!stop.signal.aborted) {
      const askedMs = clock.now()
      const status = await readStatus(context)
      samples.push({
        askedMs,
        answeredMs: clock.now(),
        level: status.level,
        // Null is "not known", which promises nothing.
        writesPossible: status.writes.possible === true,
        silentHosts: silentHostsOf(status),
      })
      await clock.sleep(Math.max(0, askedMs + everyMs - clock.now()), stop.signal).catch(() => {})
    }
  }
  const done = watch()
  return {
    async stop() {
      stop.abort()
      await done
      return samples
    },
  }
}

const silentHostsOf = (status: ClusterStatus): readonly string[] => [
  ...new Set(
    [...status.hosts, ...status.members].filter(({ answer }) => answer !== null).map(({ name }) => name),
  ),
]

export interface Truth {
  /** When writes were acknowledged, ascending. */
  readonly acknowledgedMs: readonly number[]
  /** The machine that was off and from when to when; null when none was. */
  readonly off: { readonly host: string; readonly fromMs: number; readonly toMs: number } | null
}

/** How long after a change status may still tell what was before: caches, checks that need to fail twice. */
const graceMs = 5_000

/**
 * What status said that was not so, a sentence each; empty when it told the truth.
 *
 * @param samples in order of time
 */
export function findUntruths(samples: readonly StatusSample[], truth: Truth): readonly string[] {
  const startMs = samples[0]?.askedMs ?? 0
  return samples.flatMap((sample) => {
    const at = `${((sample.askedMs - startMs) / 1000).toFixed(1)} s after the first look`
    const said: string[] = []
    const before = truth.acknowledgedMs.findLast((ms) => ms < sample.askedMs)
    const after = truth.acknowledgedMs.find((ms) => ms > sample.answeredMs)
    const silentForMs = before === undefined ? 0 : sample.askedMs - before
    const during = truth.acknowledgedMs.some((ms) => ms >= sample.askedMs && ms <= sample.answeredMs)
    if (
      sample.writesPossible &&
      silentForMs > graceMs &&
      !during &&
      after !== undefined &&
      after - sample.answeredMs > graceMs
    )
      said.push(
        `${at} it said that writes work, and none had been acknowledged for ${Math.round(silentForMs)} ms`,
      )
    const flowing =
      before !== undefined &&
      silentForMs < 100 &&
      during &&
      steady(truth.acknowledgedMs, sample.askedMs - graceMs, sample.answeredMs)
    if (sample.level === 'down' && flowing) said.push(`${at} it said down while writes were acknowledged`)
    const { off } = truth
    if (off && sample.askedMs > off.fromMs + graceMs && sample.answeredMs < off.toMs) {
      if (sample.level === 'healthy') said.push(`${at} it said healthy while ${off.host} was off`)
      if (!sample.silentHosts.includes(off.host))
        said.push(`${at} it did not name ${off.host}, which was off`)
    }
    return said
  })
}

/** No second without an acknowledgement between the two times. */
function steady(acknowledgedMs: readonly number[], fromMs: number, toMs: number): boolean {
  const between = [fromMs, ...acknowledgedMs.filter((ms) => ms > fromMs && ms < toMs), toMs]
  return between.every((ms, index) => index === 0 || ms - between[index - 1]! < 1_000)
}
