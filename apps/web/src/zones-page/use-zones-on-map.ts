import type { BoxedZone, Point, Zone } from '@fleet/domain'
import { useCallback, useEffect, useRef } from 'react'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { zoneAt } from './zone-rows.ts'

interface ZonesOnMap {
  readonly map: FleetMap | null
  readonly zones: Registry['zones']
  readonly boxes: readonly BoxedZone[]
  readonly open: Zone | undefined
  /** An outline is being drawn, which stands out instead of the open zone. */
  readonly drawing: boolean
  /** The zone that the address named together with where to look. */
  readonly shownId: string | undefined
  readonly onOpen: (zone: Zone) => void
}

/** Tells the map of all zones and of the open one. @returns what a click on it means: the zone there */
export function useZonesOnMap({ map, zones, boxes, open, drawing, onOpen, ...props }: ZonesOnMap) {
  const live = useLive()
  useEffect(() => map?.setZones(zones.values()), [map, zones])
  useEffect(() => {
    if (map === null || drawing) return
    if (open === undefined) map.setOutline(null)
    else map.setOutline({ kind: open.kind, corners: open.polygon, closed: true, pointer: null })
  }, [map, open, drawing])
  const shownId = useRef(props.shownId)
  useEffect(() => {
    if (map === null || open?.id === shownId.current) return
    shownId.current = open?.id
    if (open !== undefined) map.camera.showPlaces(open.polygon)
  }, [map, open])
  const onGround = useCallback(
    (at: Point) => {
      const zone = zoneAt(at, boxes)
      if (zone !== null) onOpen(zone)
    },
    [boxes, onOpen],
  )
  /** A bike hides the zone that it stands in. */
  const onSelect = useCallback(
    (bikeNo: number | null) => {
      const slot = bikeNo === null ? undefined : live.markers.slotOfNo.get(bikeNo)
      if (slot !== undefined) onGround({ lat: live.markers.lat[slot]!, lon: live.markers.lon[slot]! })
    },
    [live, onGround],
  )
  const onHover = useCallback((bikeNo: number | null) => map?.overlay.hover(bikeNo), [map])
  return { onGround, onSelect, onHover }
}
