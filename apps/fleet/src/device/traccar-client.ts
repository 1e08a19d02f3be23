/** How a phone is to report. */
export interface Reporting {
  readonly accuracy: 'highest' | 'high' | 'medium' | 'low'
  readonly intervalS: number
  readonly distanceM: number
  readonly angleDeg: number
  readonly heartbeatS: number
}

/**
 * For couriers: every 5 s on the move. The app's own defaults (300 s, 75 m) are for cars on a motorway. A distance
 * of zero is not an option: Traccar Client 10 then reports every second (traccar-client-android#490).
 */
export const courierReporting: Reporting = {
  accuracy: 'high',
  intervalS: 5,
  distanceM: 10,
  angleDeg: 30,
  heartbeatS: 60,
}

export interface TraccarClientSettings {
  /** What the QR code holds. */
  readonly link: string
  /** What is typed when no code is scanned, in the order of the app's screen. */
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Settings for Traccar Client. The app scans a code that holds the server's address itself, with the settings as
 * query parameters: origin and path become the server URL, the rest the preferences of the same names
 * (`ConfigurationService.applyUri` in traccar/traccar-client). `fastest_interval` belongs to it: its default of
 * 30 s would hold back an interval of 5 s on Android.
 *
 * @param serverUrl where the OsmAnd protocol is spoken
 */
export function traccarClientSettings(
  serverUrl: string,
  trackerId: string,
  reporting: Reporting = courierReporting,
): TraccarClientSettings {
  const url = new URL(serverUrl)
  for (const [name, value] of Object.entries({
    id: trackerId,
    accuracy: reporting.accuracy,
    distance: reporting.distanceM,
    interval: reporting.intervalS,
    fastest_interval: reporting.intervalS,
    angle: reporting.angleDeg,
    heartbeat: reporting.heartbeatS,
    buffer: true,
  }))
    url.searchParams.set(name, String(value))
  return {
    link: url.href,
    fields: {
      'Device identifier': trackerId,
      'Server URL': serverUrl,
      'Location accuracy': reporting.accuracy,
      'Distance (m)': String(reporting.distanceM),
      'Interval (s)': String(reporting.intervalS),
      'Fastest interval (s)': String(reporting.intervalS),
      'Angle (degrees)': String(reporting.angleDeg),
      'Heartbeat (s)': String(reporting.heartbeatS),
      'Offline buffering': 'on',
    },
  }
}
