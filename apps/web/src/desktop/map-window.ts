/** Opens the map in a window of its own, or brings the one that is open to the front. */
export function openMapWindow(): void {
  window.open(`${location.origin}${location.pathname}#/map`, 'fleet-map', 'popup,width=1280,height=800')
}
