import type { CallOutput } from '@fleet/api'
import type { Position } from '@fleet/domain'
import { useQuery } from '@tanstack/react-query'
import { useServices } from '../app/services.ts'
import type { TrailPoint } from '../map/markers/trail-buffer.ts'

export const historyMs = 2 * 3_600_000
export const trailMs = 3_600_000
/** More corners than these nobody sees, and the buffer stays small. */
const maxTrailPoints = 1_500

/** Fixes of the last two hours, oldest first. */
export function useBikeHistory(bikeId: string) {
  const { api, live } = useServices()
  return useQuery({
    queryKey: ['bike-positions', bikeId],
    refetchInterval: 30_000,
    queryFn: async ({ signal }): Promise<readonly Position[]> => {
      const toMs = Math.ceil(live.serverNowMs())
      const answer: CallOutput<'bikePositions'> = await api.call('bikePositions', {
        params: { id: bikeId },
        query: { fromMs: toMs - historyMs, toMs, limit: 10_000 },
        signal,
      })
      return answer.items
    },
  })
}

/**
 * The trail for the map: plausible fixes of the last hour, thinned evenly.
 *
 * @param offsetMs server's clock minus this machine's
 */
export function createTrail(positions: readonly Position[], nowMs: number, offsetMs: number): TrailPoint[] {
  const recent = positions.filter(({ flag, timeMs }) => flag === null && timeMs > nowMs - trailMs)
  const every = Math.max(1, Math.ceil(recent.length / maxTrailPoints))
  return recent
    .filter((_, i) => i % every === 0 || i === recent.length - 1)
    .map(({ lat, lon, timeMs }) => ({ lat, lon, timeMs: timeMs - offsetMs }))
}

/** Highest speed in each of `buckets` equal parts of the time; null where nothing was said. m/s. */
export function createSpeedProfile(
  positions: readonly Position[],
  fromMs: number,
  toMs: number,
  buckets: number,
): (number | null)[] {
  const profile = Array.from<number | null>({ length: buckets }).fill(null)
  for (const { timeMs, speedMps } of positions) {
    if (speedMps === null || timeMs < fromMs || timeMs >= toMs) continue
    const bucket = Math.floor(((timeMs - fromMs) / (toMs - fromMs)) * buckets)
    profile[bucket] = Math.max(profile[bucket] ?? 0, speedMps)
  }
  return profile
}
