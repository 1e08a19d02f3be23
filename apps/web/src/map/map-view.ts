/** Where the map looks; in the address as `zoom/lat/lon`. */
export interface MapView {
  readonly zoom: number
  readonly lat: number
  readonly lon: number
}

export const formatMapView = ({ zoom, lat, lon }: MapView): string =>
  `${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`

/** @returns null for anything that is no view of our part of the world */
export function parseMapView(text: string): MapView | null {
  const [zoom, lat, lon, ...rest] = text.split('/').map(Number)
  if (zoom === undefined || lat === undefined || lon === undefined || rest.length > 0) return null
  const valid = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180
  return valid ? { zoom, lat, lon } : null
}
