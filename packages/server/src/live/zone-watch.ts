import {
  type BikeZones,
  type BoxedZone,
  boxZone,
  crossZones,
  type LatestFix,
  type Zone,
  type ZoneEvent,
} from '@fleet/domain'
import type { Change, ChangeSeq, NewZoneEvent, Store } from '@fleet/store'
import type { Log } from '../log.ts'
import { createChangeTail } from './change-tail.ts'

/** Other instances record events, too: those are looked for this often. */
const pollMs = 1_000
const pageSize = 500

export interface ZoneWatchOptions {
  readonly store: Store
  readonly log: Log
  /** Events of this instance and of others, each once, oldest first, after they are durable. */
  readonly onEvents: (events: readonly ZoneEvent[]) => void
}

export interface ZoneWatch {
  /** @throws what the store throws when it cannot be read; may be called again */
  start(): Promise<void>
  /** Markers that moved, after they are durable. */
  moved(markers: readonly LatestFix[]): void
  close(): Promise<void>
}

/**
 * Notices when bikes cross the borders of zones.
 *
 * What counts is in which zones the database says that a bike is. A crossing that could not be recorded, because the
 * process died or the database was away, shows again with the bike's next fix: late, and not lost.
 */
export function createZoneWatch({ store, log, onEvents }: ZoneWatchOptions): ZoneWatch {
  const zones = new Map<string, BoxedZone>()
  const known = new Map<number, BikeZones & { readonly inside: Set<string> }>()
  const waiting = new Map<number, LatestFix>()
  let isStarted = false
  let lastNo = 0
  let working: Promise<void> | null = null
  let isFailing = false
  let timer: NodeJS.Timeout | null = null

  const tail = createChangeTail({
    store,
    log,
    onChanges(changes: readonly Change[]) {
      for (const { kind, id, entity } of changes) {
        if (kind !== 'zone') continue
        if (entity === null) zones.delete(id)
        else zones.set(id, boxZone(entity as Zone))
      }
    },
    onRewind: load,
  })

  async function load(): Promise<ChangeSeq> {
    const snapshot = await store.snapshot()
    zones.clear()
    for (const zone of snapshot.zones) zones.set(zone.id, boxZone(zone))
    lastNo = await store.lastZoneEventNo()
    await readPresence()
    return snapshot.seq
  }

  /** A doubt that is forgotten begins anew with the next fix. */
  async function readPresence(): Promise<void> {
    known.clear()
    for (const { bikeNo, zoneId } of await store.zonePresence()) knownOf(bikeNo).inside.add(zoneId)
  }

  function knownOf(bikeNo: number) {
    let zonesOfBike = known.get(bikeNo)
    if (!zonesOfBike) known.set(bikeNo, (zonesOfBike = { inside: new Set(), doubtful: new Map() }))
    return zonesOfBike
  }

  async function work(): Promise<void> {
    try {
      while (waiting.size > 0) {
        const markers = [...waiting.values()]
        waiting.clear()
        await store.recordCrossings(markers.flatMap(crossingsOf))
      }
      await tell()
      isFailing = false
    } catch (error) {
      // One line an outage, not one a second.
      if (!isFailing)
        log.warn({ error }, 'Crossings of zones cannot be recorded; later fixes show them again.')
      isFailing = true
      // What was not recorded must not be taken as known.
      await readPresence().catch(() => undefined)
    }
  }

  function crossingsOf(marker: LatestFix): NewZoneEvent[] {
    const { bikeNo, courierNo, timeMs, lat, lon } = marker
    const { inside, doubtful } = knownOf(bikeNo)
    const { entered, left } = crossZones(marker, { inside, doubtful }, zones.values())
    const at = { bikeNo, courierNo, timeMs, lat, lon }
    const events: NewZoneEvent[] = []
    for (const zone of entered) {
      inside.add(zone.id)
      events.push({ ...at, kind: 'enter', zoneId: zone.id, zoneName: zone.name, zoneKind: zone.kind })
    }
    for (const id of left) {
      inside.delete(id)
      const { zone } = zones.get(id)!
      events.push({ ...at, kind: 'leave', zoneId: id, zoneName: zone.name, zoneKind: zone.kind })
    }
    return events
  }

  async function tell(): Promise<void> {
    for (;;) {
      const events = await store.zoneEventsAfter(lastNo, pageSize)
      const last = events.at(-1)
      if (last === undefined) return
      // Another instance moved these bikes over the border: know it before our own next look.
      for (const { bikeNo, zoneId, kind } of events)
        if (kind === 'enter') knownOf(bikeNo).inside.add(zoneId)
        else knownOf(bikeNo).inside.delete(zoneId)
      lastNo = last.no
      onEvents(events)
      if (events.length < pageSize) return
    }
  }

  function run(): void {
    if (!isStarted) return
    working ??= work().finally(() => {
      working = null
      // After a failure the timer tries again.
      if (waiting.size > 0 && !isFailing) run()
    })
  }

  return {
    async start() {
      tail.start(await load())
      isStarted = true
      timer = setInterval(run, pollMs)
      timer.unref()
    },
    moved(markers) {
      if (!isStarted) return
      for (const marker of markers) waiting.set(marker.bikeNo, marker)
      run()
    },
    async close() {
      isStarted = false
      if (timer) clearInterval(timer)
      tail.close()
      await working
    },
  }
}
