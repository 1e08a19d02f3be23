import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatMapView, parseMapView } from '../map/map-view.ts'
import { parseLiveSearch, parseStatuses, toggleStatus } from './live-search.ts'

it('drops what makes no sense and keeps the rest', () => {
  expect(
    parseLiveSearch({ bike: 'ams-0042', status: 'missing,flying', sort: 'color', map: '1/2', follow: '1' }),
  ).toEqual({ bike: 'AMS-0042', status: 'missing', follow: '1' })
})

it('never breaks on an address typed by hand', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('bike', 'q', 'status', 'sort', 'map', 'follow'), fc.anything()),
      (search) => {
        const parsed = parseLiveSearch(search)
        expect(parseLiveSearch({ ...parsed })).toEqual(parsed)
      },
    ),
  )
})

it('reads back the view that it wrote', () => {
  const view = { zoom: 13.25, lat: 52.37021, lon: 4.89517 }
  expect(parseMapView(formatMapView(view))).toEqual(view)
  expect(parseMapView('nowhere')).toBeNull()
  expect(parseMapView('12/95/4')).toBeNull()
})

it('toggles statuses, and all of them are no filter', () => {
  expect(toggleStatus(undefined, 'missing')).toBe('missing')
  expect(toggleStatus('missing', 'missing')).toBeUndefined()
  expect(toggleStatus('available,in_use,charging,maintenance', 'missing')).toBeUndefined()
  expect(parseStatuses('missing,available')).toEqual(['available', 'missing'])
})
