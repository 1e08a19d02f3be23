/** How a courier's phone is to report: every 5 s on the move, as `fleet device add` sets it up. */
const reporting = {
  accuracy: 'high',
  distance: '10',
  interval: '5',
  fastest_interval: '5',
  angle: '30',
  heartbeat: '60',
  buffer: 'true',
} as const

export interface TrackerSetup {
  /** Where the phone sends to. */
  readonly serverUrl: string
  /** What the QR code holds: Traccar Client takes the server's address with its settings as query parameters. */
  readonly link: string
}

/** @param origin of the app as phones reach it, like `https://fleet.example.nl` */
export function createTrackerSetup(origin: string, trackerId: string): TrackerSetup {
  const url = new URL('/ingest/osmand', origin)
  const serverUrl = url.href
  for (const [name, value] of Object.entries({ id: trackerId, ...reporting }))
    url.searchParams.set(name, value)
  return { serverUrl, link: url.href }
}

/** Whether only this machine can reach it. */
export const isThisMachineOnly = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
