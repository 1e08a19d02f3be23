import type { Reporting } from './traccar-client.ts'

export interface OwnTracksSettings {
  /** Opened on the phone, or scanned with its camera, it configures the app. Holds the secret. */
  readonly link: string
  /** The content of an `.otrc` file, which the app imports too. Holds the secret. */
  readonly file: string
  /** What is typed when neither is used; the secret is shown apart. */
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Settings for OwnTracks in HTTP mode (https://owntracks.org/booklet/features/remoteconfig/): a JSON message
 * `_type: configuration`, as a file or in base64 behind `owntracks:///config?inline=`.
 *
 * @param endpoint the whole URL that the app posts to
 */
export function ownTracksSettings(
  endpoint: string,
  trackerId: string,
  secret: string,
  reporting: Reporting,
): OwnTracksSettings {
  const configuration = {
    _type: 'configuration',
    // HTTP.
    mode: 3,
    url: endpoint,
    auth: true,
    username: trackerId,
    password: secret,
    deviceId: trackerId,
    tid: trackerId.slice(-2),
    // Move mode: frequent fixes. Android takes its own interval for it, iOS the general one.
    monitoring: 2,
    moveModeLocatorInterval: reporting.intervalS,
    locatorInterval: reporting.intervalS,
    locatorDisplacement: reporting.distanceM,
    // Nobody steers a courier's phone from here.
    cmd: false,
  }
  const json = JSON.stringify(configuration)
  // Base64 has signs that end a query value.
  const inline = encodeURIComponent(Buffer.from(json, 'utf8').toString('base64'))
  return {
    link: `owntracks:///config?inline=${inline}`,
    file: `${JSON.stringify(configuration, null, 2)}\n`,
    fields: {
      Mode: 'HTTP',
      URL: endpoint,
      'User name': trackerId,
      Password: 'the secret above',
      'Device ID': trackerId,
      Monitoring: 'Move',
    },
  }
}
