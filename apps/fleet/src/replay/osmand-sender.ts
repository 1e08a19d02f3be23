import { AppError } from '@fleet/domain'
import { Agent, request } from 'undici'
import { pause } from '../pause.ts'
import type { Departure } from './timetable.ts'

const mpsPerKnot = 1852 / 3600
const firstRetryMs = 500
const maxRetryMs = 15_000

/** Sends fixes as Traccar Client would: one a request, again until the app has it. */
export interface OsmAndSender {
  /**
   * Resolves when the fix is stored.
   *
   * @returns false when stopped before that
   * @throws AppError not_found when the app refuses the tracker or the message for good
   */
  send(departure: Departure): Promise<boolean>
  readonly retries: number
  close(): Promise<void>
}

/** @param onTrouble told why a fix has to be sent again */
export function createOsmAndSender(
  serverUrl: string,
  trackerId: string,
  stop: AbortSignal,
  onTrouble: (reason: string) => void,
): OsmAndSender {
  const agent = new Agent({ connections: 1, keepAliveTimeout: 60_000 })
  let retries = 0

  async function attempt(url: string): Promise<string | null> {
    let answer: Awaited<ReturnType<typeof request>>
    let text: string
    try {
      answer = await request(url, {
        dispatcher: agent,
        signal: stop,
        headersTimeout: 20_000,
        bodyTimeout: 20_000,
      })
      text = await answer.body.text()
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
    const { statusCode } = answer
    if (statusCode >= 200 && statusCode < 300) return null
    if (statusCode >= 500 || statusCode === 408 || statusCode === 429) return `the app answered ${statusCode}`
    // The same message would get the same answer for ever.
    throw new AppError(
      'not_found',
      `The app refuses positions of ${trackerId} (${statusCode}): ${text.trim().slice(0, 300)}`,
      {
        fix: 'Check --device against "fleet device list", and --url.',
      },
    )
  }

  return {
    get retries() {
      return retries
    },
    async send(departure) {
      const url = osmAndUrl(serverUrl, trackerId, departure)
      for (let waitMs = firstRetryMs; !stop.aborted; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
        const trouble = await attempt(url)
        if (trouble === null) return true
        if (stop.aborted) return false
        retries++
        onTrouble(trouble)
        await pause(waitMs, stop)
      }
      return false
    },
    close: () => agent.close(),
  }
}

/** The query of the OsmAnd protocol: speed in knots, the time in milliseconds. */
export function osmAndUrl(serverUrl: string, trackerId: string, { fix, fixTimeMs }: Departure): string {
  const url = new URL(serverUrl)
  const put = (name: string, value: number | null, digits: number) => {
    if (value !== null) url.searchParams.set(name, value.toFixed(digits))
  }
  url.searchParams.set('id', trackerId)
  put('lat', fix.lat, 7)
  put('lon', fix.lon, 7)
  put('timestamp', fixTimeMs, 0)
  put('speed', fix.speedMps === null ? null : fix.speedMps / mpsPerKnot, 3)
  put('bearing', fix.headingDeg, 1)
  put('accuracy', fix.accuracyM, 1)
  put('altitude', fix.altitudeM, 1)
  return url.href
}
