import type { Bike } from '@fleet/domain'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Registry } from '../live/registry.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import type { StopPin } from '../map/stop-pins.ts'
import { type BikePlace, createPlace, locate } from './bike-track.ts'
import type { Moment, ReplayLog } from './replay-log.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { useMomentText } from './use-moment-text.ts'
import { useMoment, usePlayerView } from './use-player.ts'

interface MomentPinsProps {
  readonly map: FleetMap | null
  readonly player: ReplayPlayer
  readonly log: ReplayLog | null
  /** Those of the bikes that are shown. */
  readonly moments: readonly Moment[]
  readonly bikes: Registry['bikes']
  readonly open: Bike | null
}

/** What happened stays on the map for so long a time of the replay, and of watching. */
const staysMs = { replay: 120_000, watching: 4_000 }

/** Draws nothing in the page: tells the map what has just happened where, and what the open bike had to bring. */
export function MomentPins({ map, player, log, moments, bikes, open }: MomentPinsProps) {
  const { t } = useTranslation()
  const textOf = useMomentText()
  const { speed } = usePlayerView(player)
  const atMs = useMoment(player, 250)
  const told = useRef('')
  useEffect(() => {
    if (map === null) return
    const sinceMs = atMs - Math.max(staysMs.replay, staysMs.watching * speed)
    const recent = moments.filter((moment) => moment.atMs <= atMs && moment.atMs > sinceMs)
    const pins = [
      ...(log === null || open === null ? [] : log.loadOf(open.id, atMs)).flatMap(({ delivery }) =>
        (['pickup', 'dropoff'] as const).map((kind): StopPin => {
          const { address, point } = delivery[kind]
          const title = t(`map.${kind}Of`, { code: delivery.code, address })
          return { id: `${delivery.id}-${kind}`, kind, ...point, title }
        }),
      ),
      ...recent.flatMap((moment): StopPin[] => {
        const place = placeOf(moment, player, bikes)
        if (place === null) return []
        return [{ id: moment.id, kind: moment.kind, ...place, title: textOf(moment, true) }]
      }),
    ]
    // A pin stays where it is: only others are news to the map, which draws itself anew for them.
    const ids = pins.map(({ id }) => id).join()
    if (ids !== told.current) map.setStops(pins)
    told.current = ids
  }, [map, player, log, moments, bikes, open, speed, atMs, t, textOf])
  return null
}

const shown: BikePlace = createPlace()

/** Where the bike was when it happened; where nobody knows, where it should have been. */
function placeOf({ bikeId, atMs, kind, delivery }: Moment, player: ReplayPlayer, bikes: Registry['bikes']) {
  const no = bikeId === null ? undefined : bikes.get(bikeId)?.no
  const track = no === undefined ? undefined : player.trackOf(no)
  if (track !== undefined && locate(track, atMs, shown) && shown.knownMs === atMs)
    return { lat: shown.lat, lon: shown.lon }
  if (delivery === null) return null
  return kind === 'pickedUp' ? delivery.pickup.point : delivery.dropoff.point
}
