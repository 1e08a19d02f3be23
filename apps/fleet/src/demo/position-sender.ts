import type { Log } from '@fleet/server'
import { Agent, request } from 'undici'
import { pause } from '../pause.ts'
import type { DemoFix } from './events.ts'

/** What cannot be sent waits in memory, so much at most: a minute of two thousand riders. */
const maxWaiting = 80_000
const maxBatch = 5_000
const retryMs = [500, 1_000, 2_000, 5_000, 10_000] as const

/** Sends fixes to the batch endpoint of the running app, in order, again until it takes them. */
export interface PositionSender {
  send(fixes: readonly DemoFix[]): void
  /** Gives up what was not sent. */
  close(): Promise<void>
}

export function createPositionSender(appUrl: string, log: Log): PositionSender {
  const agent = new Agent({ connections: 1, keepAliveTimeout: 60_000 })
  const stop = new AbortController()
  let waiting: DemoFix[] = []
  let sending: Promise<void> | null = null
  let refusedStatus = 200

  async function sendAll(): Promise<void> {
    let failures = 0
    while (waiting.length > 0 && !stop.signal.aborted) {
      const batch = waiting.slice(0, maxBatch)
      const problem = await post(batch)
      if (problem === null) {
        waiting = waiting.slice(batch.length)
        failures = 0
        continue
      }
      if (stop.signal.aborted) return
      if (failures === 0)
        log.warn({ waiting: waiting.length }, `Positions of demo riders were not taken: ${problem}`)
      await pause(retryMs[Math.min(failures++, retryMs.length - 1)]!, stop.signal)
    }
  }

  /** @returns why it must be sent again; null when the app has it, or refuses it for good */
  async function post(batch: readonly DemoFix[]): Promise<string | null> {
    try {
      const { statusCode, body } = await request(`${appUrl}/ingest/positions?results=errors`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch.map(toItem)),
        signal: stop.signal,
        headersTimeout: 15_000,
        bodyTimeout: 15_000,
      })
      const text = await body.text()
      if (statusCode >= 500 || statusCode === 429) return `the app answered ${statusCode}`
      // Said once: it would be the same twice a second.
      if (statusCode !== 200 && statusCode !== refusedStatus)
        log.error({ status: statusCode }, `The app refuses demo positions: ${text.slice(0, 200)}`)
      refusedStatus = statusCode
      if (!text.includes('"flagged":0,"rejected":0')) log.debug({}, `Demo positions: ${text.slice(0, 300)}`)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  return {
    send(fixes) {
      waiting.push(...fixes)
      // The oldest are the least worth.
      if (waiting.length > maxWaiting) waiting = waiting.slice(-maxWaiting)
      sending ??= sendAll().finally(() => {
        sending = null
      })
    },
    async close() {
      stop.abort()
      await sending
      await agent.destroy()
    },
  }
}

const toItem = (fix: DemoFix) => ({
  device: fix.trackerId,
  time: fix.timeMs,
  lat: fix.lat,
  lon: fix.lon,
  speed_mps: fix.speedMps,
  heading_deg: fix.headingDeg,
  accuracy_m: fix.accuracyM,
  battery_pct: fix.batteryPct,
  charging: fix.charging,
})
