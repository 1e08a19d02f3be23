import { activeDeliveryStatuses, type Delivery, type DeliveryStatus } from '@fleet/domain'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRegistry } from '../live/live-hooks.ts'
import { bikesByNo, couriersByBike, deliveriesByCourier } from '../live-page/fleet-index.ts'
import { MapTools } from '../live-page/map-tools.tsx'
import type { FleetMap } from '../map/fleet-map.ts'
import MapCanvas from '../map/map-canvas.tsx'
import type { StopPin } from '../map/stop-pins.ts'
import { useDropOnMap } from './use-drop-on-map.ts'
import styles from './delivery-map.module.css'

const unused = () => undefined
const active: readonly DeliveryStatus[] = activeDeliveryStatuses

interface DeliveryMapProps {
  /** What is selected or open: their pins are shown, and brought into view. */
  readonly deliveries: readonly Delivery[]
  /** What the pointer is on, here or in the list. */
  readonly hovered: Delivery | null
  readonly onHover: (id: string | null) => void
  readonly onOpen: (id: string) => void
  /** Somebody pressed a bike: the deliveries that its rider has under way. */
  readonly onSelect: (ids: readonly string[]) => void
  /** At the bottom, by the bar of what is selected. */
  readonly coveredPx: number
  readonly deliveryOf: (id: string) => Delivery | undefined
}

/** The map beside list, board and lanes: pins of what is marked there, bikes that deliveries are dropped on. */
export default function DeliveryMap(props: DeliveryMapProps) {
  const { deliveries, hovered, onHover, onOpen, onSelect } = props
  const { t } = useTranslation()
  const { bikes, couriers, zones, deliveries: known } = useRegistry(1_000)
  const [map, setMap] = useState<FleetMap | null>(null)
  const drop = useDropOnMap(map, props.deliveryOf)
  const { coveredPx } = props
  const padding = useMemo(() => ({ top: 0, bottom: coveredPx, left: 0, right: 0 }), [coveredPx])
  useEffect(() => map?.setZones(zones.values()), [map, zones])

  const pinned = useMemo(
    () =>
      hovered === null || deliveries.some(({ id }) => id === hovered.id)
        ? deliveries
        : [...deliveries, hovered],
    [deliveries, hovered],
  )
  useEffect(() => {
    map?.setStops(
      pinned.flatMap((delivery) =>
        (['pickup', 'dropoff'] as const).map((kind): StopPin => ({
          id: `${delivery.id}/${kind}`,
          kind,
          ...delivery[kind].point,
          marked: delivery.id === hovered?.id,
          title: t(`map.${kind}Of`, { code: delivery.code, address: delivery[kind].address }),
        })),
      ),
    )
  }, [map, pinned, hovered, t])
  useEffect(() => {
    const places = deliveries.flatMap(({ pickup, dropoff }) => [pickup.point, dropoff.point])
    if (places.length > 0) map?.camera.revealPlaces(places)
  }, [map, deliveries])

  // Who brings it: the bike of what is hovered is lit, that of what is open is selected.
  const bikeNoOf = (delivery: Delivery | null | undefined) => {
    const bikeId = delivery?.courierId == null ? null : (couriers.get(delivery.courierId)?.bikeId ?? null)
    return bikeId === null || !active.includes(delivery!.status) ? null : (bikes.get(bikeId)?.no ?? null)
  }
  const hoveredNo = bikeNoOf(hovered)
  const riders = new Set(deliveries.map(bikeNoOf))
  const selectedNo = riders.size === 1 ? [...riders][0]! : null
  useEffect(() => map?.overlay.hover(hoveredNo), [map, hoveredNo])
  useEffect(() => map?.overlay.select(selectedNo), [map, selectedNo])

  const pressBike = useCallback(
    (bikeNo: number | null) => {
      const bike = bikeNo === null ? undefined : bikesByNo(bikes).get(bikeNo)
      const courier = bike === undefined ? undefined : couriersByBike(couriers).get(bike.id)
      if (courier === undefined) return
      onSelect((deliveriesByCourier(known).get(courier.id) ?? []).map(({ id }) => id))
    },
    [bikes, couriers, known, onSelect],
  )
  const hoverBike = useCallback((bikeNo: number | null) => map?.overlay.hover(bikeNo), [map])
  const idAt = (target: EventTarget) =>
    (target as HTMLElement).closest<HTMLElement>('[data-pin]')?.dataset['pin']?.split('/')[0] ?? null
  return (
    <section
      className={styles.map}
      aria-label={t('delivery.map')}
      onPointerOver={(event) => onHover(idAt(event.target))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const id = idAt(event.target)
        if (id !== null) onOpen(id)
      }}
      {...drop}
    >
      <MapCanvas
        view={null}
        padding={padding}
        onReady={setMap}
        onMove={unused}
        onSelect={pressBike}
        onHover={hoverBike}
        onDrag={unused}
      />
      <MapTools map={map} roomy={false} />
    </section>
  )
}
