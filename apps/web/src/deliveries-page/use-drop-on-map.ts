import type { Delivery } from '@fleet/domain'
import { type DragEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { bikesByNo, couriersByBike } from '../live-page/fleet-index.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { useDeliverySteps } from './delivery-steps.tsx'
import { draggedIds, isDeliveryDrag } from './drag.ts'

interface DropOnMap {
  readonly onDragOver: (event: DragEvent) => void
  readonly onDragLeave: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
}

/**
 * A delivery that is dropped on a marker, or on a bike in the fleet's list, is given to who rides that bike. The marker that
 * would get it is lit.
 *
 * @param deliveryOf by id; of those that may be dragged here
 */
export function useDropOnMap(
  map: FleetMap | null,
  deliveryOf: (id: string) => Delivery | undefined,
): DropOnMap {
  const { t } = useTranslation()
  const { live, toasts } = useServices()
  const steps = useDeliverySteps()
  const frame = useRef(0)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])

  const bikeNoAt = ({ target, clientX, clientY }: Pick<DragEvent, 'target' | 'clientX' | 'clientY'>) => {
    const element = target as Element
    const row = element.closest('[role="option"][id^="bike-"]')
    if (row !== null) return Number(row.id.slice('bike-'.length))
    return element.closest('.maplibregl-map') === null ? null : (map?.bikeAt(clientX, clientY) ?? null)
  }
  const light = (bikeNo: () => number | null) => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => map?.overlay.hover(bikeNo()))
  }
  return {
    onDragOver: (event) => {
      if (!isDeliveryDrag(event)) return
      event.preventDefault()
      const { target, clientX, clientY } = event
      light(() => bikeNoAt({ target, clientX, clientY }))
    },
    onDragLeave: (event) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) light(() => null)
    },
    onDrop: (event) => {
      const ids = draggedIds(event)
      if (ids.length === 0) return
      event.preventDefault()
      light(() => null)
      const bikeNo = bikeNoAt(event)
      const { bikes, couriers } = live.registry
      const bike = bikeNo === null ? undefined : bikesByNo(bikes).get(bikeNo)
      if (bike === undefined) return
      const courier = couriersByBike(couriers).get(bike.id)
      if (courier === undefined)
        toasts.show({ tone: 'failed', text: t('attention.nobodyThere', { bike: bike.code }) })
      else
        steps.assign(
          ids.flatMap((id) => deliveryOf(id) ?? []),
          courier,
        )
    },
  }
}
