import { unsaid } from '@fleet/api'
import { type AttentionItem, type LatestFix, rankAttention } from '@fleet/domain'
import { useMemo } from 'react'
import { useLive, useRegistry, useServerNow } from '../live/live-hooks.ts'
import type { LiveStore } from '../live/live-store.ts'
import type { MarkerColumns } from '../live/marker-columns.ts'
import type { Registry } from '../live/registry.ts'

const renewMs = 5_000

/** What needs attention, most pressing first; renewed every few seconds, and at once after something was done here. */
export function useAttention(): readonly AttentionItem[] {
  const { markers } = useLive()
  const registry = useRegistry(1_000)
  const nowMs = useServerNow(renewMs)
  return useMemo(() => rank(registry, markers, nowMs), [registry, markers, nowMs])
}

/** The same at a moment, for whoever looks without drawing anything. */
export const attentionOf = ({ registry, markers }: LiveStore, nowMs: number): readonly AttentionItem[] =>
  rank(registry, markers, nowMs)

const rank = (registry: Registry, markers: MarkerColumns, nowMs: number) =>
  rankAttention({
    deliveries: registry.deliveries.values(),
    couriers: registry.couriers.values(),
    bikes: registry.bikes.values(),
    latest: latestFixes(registry, markers),
    issues: registry.issues.values(),
    nowMs,
  })

/** The markers as fixes. When a fix was received we do not know of all of them, so the tracker's own time counts. */
function latestFixes(registry: Registry, markers: MarkerColumns): LatestFix[] {
  const fixes: LatestFix[] = []
  for (const { no } of registry.bikes.values()) {
    const slot = markers.slotOfNo.get(no)
    if (slot === undefined || !markers.isPlaced(slot)) continue
    const battery = markers.batteryPct[slot]!
    fixes.push({
      bikeNo: no,
      courierNo: null,
      deviceNo: 0,
      lat: markers.lat[slot]!,
      lon: markers.lon[slot]!,
      timeMs: markers.fixTimeMs[slot]!,
      receivedAtMs: markers.fixTimeMs[slot]!,
      speedMps: null,
      headingDeg: null,
      accuracyM: null,
      altitudeM: null,
      batteryPct: battery === unsaid ? null : battery,
      charging: markers.charging[slot] === 1,
      odometerM: markers.odometerM[slot]!,
    })
  }
  return fixes
}
