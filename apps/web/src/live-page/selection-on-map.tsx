import type { Bike } from '@fleet/domain'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import type { StopPin } from '../map/stop-pins.ts'
import { createTrail, useBikeHistory } from './bike-history.ts'
import { deliveriesOf } from './bike-sections.tsx'

interface SelectionOnMapProps {
  readonly map: FleetMap | null
  readonly bike: Bike | null
  readonly registry: Registry
}

/** Draws nothing in the page: tells the map of zones and of all that belongs to the selected bike. */
export function SelectionOnMap({ map, bike, registry }: SelectionOnMapProps) {
  useEffect(() => map?.setZones(registry.zones.values()), [map, registry.zones])
  const bikeNo = bike?.no ?? null
  useEffect(() => {
    map?.overlay.select(bikeNo)
    if (bikeNo === null) map?.setStops([])
  }, [map, bikeNo])
  return map === null || bike === null ? null : (
    <>
      <Stops map={map} bike={bike} registry={registry} />
      <Trail map={map} bike={bike} />
    </>
  )
}

function Stops({ map, bike, registry }: { map: FleetMap; bike: Bike; registry: Registry }) {
  const { t } = useTranslation()
  const deliveries = deliveriesOf({ bike, registry })
  useEffect(() => {
    map.setStops(
      deliveries.flatMap((delivery): StopPin[] => [
        {
          id: `${delivery.id}-pickup`,
          kind: 'pickup',
          ...delivery.pickup.point,
          title: t('map.pickupOf', { code: delivery.code, address: delivery.pickup.address }),
        },
        {
          id: `${delivery.id}-dropoff`,
          kind: 'dropoff',
          ...delivery.dropoff.point,
          title: t('map.dropoffOf', { code: delivery.code, address: delivery.dropoff.address }),
        },
      ]),
    )
  }, [map, deliveries, t])
  return null
}

function Trail({ map, bike }: { map: FleetMap; bike: Bike }) {
  const live = useLive()
  const { data } = useBikeHistory(bike.id)
  useEffect(() => {
    if (data !== undefined) map.setTrail(createTrail(data, live.serverNowMs(), live.clock.offsetMs))
  }, [map, data, live])
  return null
}
