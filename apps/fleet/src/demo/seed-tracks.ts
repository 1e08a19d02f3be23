import { type BikeId, distanceM } from '@fleet/domain'
import type { ResolvedFix, Store } from '@fleet/store'
import type { Random } from './random.ts'
import { createRoads } from './roads.ts'
import { createSimulation, type LastSeen } from './simulation.ts'

/** So much of everybody's past is there at the first look. */
const trackMs = 8 * 60_000
const stepMs = 1_000

/**
 * Rides the last minutes before `nowMs` and stores the fixes as if they had been received then. The only fixes of
 * the demo that do not come through the tracker endpoint: it would take as long as the ride did.
 *
 * @returns how many were stored
 */
export async function appendTracks(store: Store, random: Random, nowMs: number): Promise<number> {
  const { bikes, couriers, devices, deliveries } = await store.snapshot()
  const roads = createRoads()
  const streets = [...roads.graph.values()].flatMap((node) => node.edges.map((edge) => edge.points[0]!))
  const lastSeen = new Map<BikeId, LastSeen>()
  for (const { id, status, demo } of bikes)
    if (demo && status === 'in_use')
      lastSeen.set(id, { point: random.pick(streets), batteryPct: random.int(22, 100) })
  const startMs = nowMs - trackMs
  const simulation = createSimulation({
    roads,
    random: random.fork('warm-up'),
    nowMs: startMs,
    maxRiders: Infinity,
    lastSeen,
  })
  for (const bike of bikes) simulation.observe('bike', bike.id, bike)
  for (const device of devices) simulation.observe('device', device.id, device)
  for (const courier of couriers) simulation.observe('courier', courier.id, courier)
  for (const delivery of deliveries) simulation.observe('delivery', delivery.id, delivery)

  const bikeNos = new Map(bikes.map(({ id, no }) => [id, no]))
  const courierNos = new Map(couriers.map(({ bikeId, no }) => [bikeId, no]))
  const mounts = new Map(
    devices.flatMap((device) =>
      device.mount.on === 'bike'
        ? [[device.trackerId, { deviceNo: device.no, bikeId: device.mount.bikeId }]]
        : [],
    ),
  )
  const lastOf = new Map<string, ResolvedFix>()
  const fixes: ResolvedFix[] = []
  // What the riders would do at the stops is left undone: the seeded day has said already what was done.
  for (let atMs = startMs; atMs < nowMs; atMs += stepMs)
    for (const event of simulation.advance(atMs)) {
      if (event.type !== 'fix') continue
      const { trackerId, ...reading } = event.fix
      const mount = mounts.get(trackerId)
      if (!mount) continue
      const last = lastOf.get(trackerId)
      const fix: ResolvedFix = {
        ...reading,
        altitudeM: null,
        attributes: null,
        deviceNo: mount.deviceNo,
        bikeNo: bikeNos.get(mount.bikeId) ?? null,
        courierNo: courierNos.get(mount.bikeId) ?? null,
        flag: null,
        riddenM: last && reading.speedMps > 0 ? distanceM(last, reading) : 0,
      }
      lastOf.set(trackerId, fix)
      fixes.push(fix)
    }
  await store.appendFixes({ receivedAtMs: nowMs, fixes, heartbeats: [] })
  return fixes.length
}
