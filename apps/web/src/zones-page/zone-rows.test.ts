import { circleAround, destination, type Point, type Zone, type ZoneKind } from '@fleet/domain'
import { expect, test } from 'vitest'
import type { MarkerColumns } from '../live/marker-columns.ts'
import { bikesInZones, boxZones, createZoneRows, zoneAt, zonesInOrder } from './zone-rows.ts'

const dam: Point = { lat: 52.373, lon: 4.8925 }
const makeZone = (name: string, kind: ZoneKind, centre: Point, radiusM: number): Zone => ({
  id: name as Zone['id'],
  name,
  kind,
  polygon: circleAround(centre, radiusM),
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
})
const west = destination(dam, 270, 1_000)
const zones = new Map(
  [
    makeZone('Centrum', 'service_area', dam, 3_000),
    makeZone('Dépôt West', 'depot', west, 100),
    makeZone('Dam', 'slow', dam, 200),
  ].map((zone) => [zone.id, zone]),
)
const boxes = boxZones(zones)

/** Bikes 1, 2 … at these places; null: not placed. */
const markersAt = (...places: readonly (Point | null)[]) =>
  ({
    size: places.length,
    isPlaced: (slot: number) => places[slot] !== null,
    lat: places.map((place) => place?.lat ?? 0),
    lon: places.map((place) => place?.lon ?? 0),
    bikeNo: places.map((_, slot) => slot + 1),
  }) as unknown as MarkerColumns

test('bikes are in every zone around them, and those without a place in none', () => {
  const found = bikesInZones(boxes, markersAt(dam, west, null, { lat: 53, lon: 5 }))
  expect(Object.fromEntries(found)).toEqual({ Centrum: [1, 2], 'Dépôt West': [2], Dam: [1] })
})

test('the smallest zone at a place is the one that is meant', () => {
  expect(zoneAt(dam, boxes)?.name).toBe('Dam')
  expect(zoneAt(destination(dam, 0, 1_000), boxes)?.name).toBe('Centrum')
  expect(zoneAt({ lat: 53, lon: 5 }, boxes)).toBeNull()
})

test('zones are searched without accents, counted by kind, filtered and sorted', () => {
  const bikes = new Map([['Dam', [1, 2]]])
  const names = (query: Partial<Parameters<typeof createZoneRows>[2]>) =>
    createZoneRows(zones, bikes, { search: '', kinds: [], sort: zonesInOrder, ...query }).rows.map(
      ({ zone }) => zone.name,
    )
  expect(names({})).toEqual(['Centrum', 'Dam', 'Dépôt West'])
  expect(names({ search: 'depot' })).toEqual(['Dépôt West'])
  expect(names({ kinds: ['slow', 'depot'] })).toEqual(['Dam', 'Dépôt West'])
  expect(names({ sort: { column: 'bikes', descending: true } })[0]).toBe('Dam')
  const { counts } = createZoneRows(zones, bikes, { search: 'd', kinds: ['slow'], sort: zonesInOrder })
  expect(counts).toMatchObject({ depot: 1, slow: 1, service_area: 0 })
})
