import { ClusterError } from '../cluster-error.ts'
import type { Operation } from './operation.ts'
import { longestWriteGap, type ProbeHistory, type WriteGap, type WriteProbe } from './write-probe.ts'

/** Begins a probe that writes through the virtual IP. */
export interface GapMeasure {
  open(): WriteProbe
}

/** What a client saw of an operation. */
export type WriteMeasure =
  | {
      readonly measured: true
      readonly gap: WriteGap
      readonly acknowledged: number
      /** What the client was told while it lasted, the most frequent first. */
      readonly errors: readonly string[]
    }
  | { readonly measured: false; readonly why: string }

const warmUpWrites = 20
const warmUpMs = 5_000
/** Longer than a write takes on a cluster that is merely busy. */
const stillSilentMs = 1_000
/** Acknowledgements after the work that show that writing goes on. */
const coolDownWrites = 50

/**
 * Does the work while a client writes through the virtual IP, and says how long that client was without an answer.
 * Where this machine cannot write through it (it may be no allowed client), the work is done all the same.
 */
export async function measureGap<T>(
  { clock }: Operation,
  measure: GapMeasure | null,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly writes: WriteMeasure | null }> {
  if (!measure) return { value: await work(), writes: null }
  const probe = measure.open()
  try {
    if (!(await probe.acknowledged(warmUpWrites, warmUpMs)))
      return { value: await work(), writes: { measured: false, why: whyNot(probe) } }
    const fromMs = clock.now()
    const value = await work().catch(async (error: unknown) => {
      throw withSilence(error, await probe.stop(), fromMs, clock.now())
    })
    const resumed = await probe.acknowledged(coolDownWrites, 30_000)
    const history = await probe.stop()
    const gap = longestWriteGap(history, fromMs)
    if (!resumed || !gap)
      return {
        value,
        writes: {
          measured: false,
          why: `writes through the virtual IP have not come back: ${whyNot(probe)}`,
        },
      }
    const errors = [...history.errors].sort(([, a], [, b]) => b - a).map(([text]) => text)
    return { value, writes: { measured: true, gap, acknowledged: history.acknowledgedMs.length, errors } }
  } finally {
    await probe.stop()
  }
}

/** Also of what went wrong an operator should know for how long nothing could be written. */
function withSilence(error: unknown, history: ProbeHistory, fromMs: number, nowMs: number): unknown {
  if (!(error instanceof ClusterError)) return error
  const gapMs = longestWriteGap(history, fromMs)?.gapMs ?? 0
  const silentMs = nowMs - (history.acknowledgedMs.at(-1) ?? fromMs)
  const inS = (ms: number) => `${(ms / 1_000).toFixed(2)} s`
  const said =
    silentMs > Math.max(gapMs, stillSilentMs)
      ? `Writes through the virtual IP stand still, for ${inS(silentMs)} so far.`
      : `Writes through the virtual IP stood still for ${inS(gapMs)} and go on.`
  return new ClusterError(error.code, `${error.message} ${said}`, { cause: error, fix: error.fix })
}

function whyNot({ history }: WriteProbe): string {
  const [first] = [...history.errors].sort(([, a], [, b]) => b - a)
  return first ? first[0] : `no write was acknowledged within ${warmUpMs / 1000} s`
}
