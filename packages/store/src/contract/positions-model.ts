import type { LatestFix, Position } from '@fleet/domain'
import type { FixBatch, ResolvedFix } from '../port.ts'

/** The rules of positions in the plainest form: what a backend must agree with. */
export function createPositionModel() {
  const held = new Map<string, Position>()
  const markers = new Map<number, LatestFix>()
  const keyOf = (fix: Pick<ResolvedFix, 'deviceNo' | 'timeMs' | 'lat' | 'lon'>) =>
    [fix.deviceNo, fix.timeMs, fix.lat, fix.lon].join()
  return {
    append(batch: FixBatch): readonly boolean[] {
      const stored = batch.fixes.map((fix) => {
        if (held.has(keyOf(fix))) return false
        const { riddenM: _, ...position } = fix
        held.set(keyOf(fix), { ...position, receivedAtMs: batch.receivedAtMs })
        return true
      })
      const taken = batch.fixes.filter((_, i) => stored[i])
      for (const fix of taken.toSorted((a, b) => a.timeMs - b.timeMs)) {
        if (fix.bikeNo === null || fix.flag !== null) continue
        const marker = markers.get(fix.bikeNo)
        if (marker && marker.timeMs >= fix.timeMs) continue
        const { riddenM, attributes: _, flag: __, ...rest } = fix
        markers.set(fix.bikeNo, {
          ...rest,
          bikeNo: fix.bikeNo,
          receivedAtMs: batch.receivedAtMs,
          odometerM: (marker?.odometerM ?? 0) + riddenM,
        })
      }
      return stored
    },
    latest: (): readonly LatestFix[] => [...markers.values()].sort((a, b) => a.bikeNo - b.bikeNo),
    history: (who: { bikeNo?: number; courierNo?: number }): readonly Position[] =>
      [...held.values()]
        .filter(
          (position) =>
            (who.bikeNo === undefined || position.bikeNo === who.bikeNo) &&
            (who.courierNo === undefined || position.courierNo === who.courierNo),
        )
        .sort((a, b) => a.timeMs - b.timeMs || a.deviceNo - b.deviceNo || a.lat - b.lat || a.lon - b.lon),
  }
}
