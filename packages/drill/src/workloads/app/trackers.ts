import { readAllKind } from '../../checkers/written-once.ts'
import { startClients } from '../clients.ts'
import type { Workload, WorkloadContext } from '../workload.ts'
import { onPrimary } from '../sql/tables.ts'
import type { App } from './app.ts'
import { ensureTrackers, type Tracker } from './fleet-set-up.ts'
import { sendUntilSettled } from './persistent-request.ts'

export const fixKind = 'fix'
const workload = 'trackers'
const phones = 200
/** Between two fixes of one phone. */
const pauseMs = 4_000

/** Phones that send where they are, and send a fix again until the app has taken it. */
export const phonesAtWork: Workload = {
  summary: `${phones} phones send a position every ${pauseMs / 1000} s, and again until it is taken`,
  async start(context) {
    const { clock, recorder, nowMs, random } = context
    const app = context.app()
    const trackers = await ensureTrackers(app, clock, phones)
    const sinceMs = nowMs()
    const clients = startClients(clock, pauseMs, ({ stopping, givingUp }) =>
      trackers.map((tracker) => {
        let isFirst = true
        return async () => {
          // Not all at the same moment.
          if (isFirst) await clock.sleep(random() * pauseMs, stopping).catch(() => {})
          isFirst = false
          if (!stopping.aborted) await sendFix(context, app, tracker, givingUp)
        }
      }),
    )
    return {
      stop: (settleTimeoutMs) => clients.stop(settleTimeoutMs),
      async readEnd() {
        const operation = recorder.begin({
          workload,
          process: 'auditor',
          kind: readAllKind,
          key: 'fixes',
          value: null,
        })
        try {
          operation.ok(await readFixes(context, trackers, sinceMs))
        } catch (error) {
          operation.fail(String(error))
        }
      },
    }
  },
}

const keyOf = (trackerId: string, timeMs: number) => `${trackerId} ${timeMs}`

async function sendFix(
  { recorder, clock, nowMs, random }: WorkloadContext,
  app: App,
  tracker: Tracker,
  givingUp: AbortSignal,
): Promise<void> {
  const timeMs = nowMs()
  const operation = recorder.begin({
    workload,
    process: tracker.trackerId,
    kind: fixKind,
    key: keyOf(tracker.trackerId, timeMs),
    value: timeMs,
  })
  const query = new URLSearchParams({
    id: tracker.trackerId,
    timestamp: String(timeMs),
    lat: (52.36 + random() * 1e-3).toFixed(6),
    lon: (4.89 + random() * 1e-3).toFixed(6),
  })
  const settled = await sendUntilSettled(
    { method: 'POST', url: `${app.osmandUrl}/?${query.toString()}` },
    clock,
    givingUp,
  )
  if (settled.end === 'done') operation.ok({ tries: settled.tries })
  else if (settled.end === 'refused') operation.fail(`${settled.code}: ${settled.detail}`)
  else operation.unknown(settled.why, { tries: settled.tries })
}

/**
 * Read from the primary by SQL: the app reads the past from a standby, which may lack what was acknowledged last.
 *
 * @returns what is there of the trackers' fixes since then, each as often as it is there
 */
const readFixes = (
  { writes }: WorkloadContext,
  trackers: readonly Tracker[],
  sinceMs: number,
): Promise<readonly string[]> =>
  onPrimary(writes, async (client) => {
    const { rows } = await client.query<{ tracker_id: string; time_ms: string }>(
      `SELECT d.tracker_id, round(extract(epoch FROM p.time) * 1000)::bigint AS time_ms
       FROM position p JOIN devices d ON d.no = p.device_no
       WHERE d.tracker_id = ANY ($1) AND p.time >= to_timestamp($2::bigint / 1000.0)`,
      [trackers.map(({ trackerId }) => trackerId), sinceMs],
    )
    return rows.map(({ tracker_id, time_ms }) => keyOf(tracker_id, Number(time_ms)))
  })
