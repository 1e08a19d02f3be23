import type { Device } from '@fleet/domain'
import type { Paint } from '../terminal.ts'
import type { PhoneAddress } from './phone-address.ts'
import { ownTracksSettings } from './owntracks.ts'
import { renderQrCode } from './qr-code.ts'
import { type Reporting, traccarClientSettings } from './traccar-client.ts'

export interface SetupInput {
  readonly device: Device
  /** What the tracker is on, for people. */
  readonly mountedOn: string
  readonly secret: string
  readonly osmand: PhoneAddress
  readonly app: PhoneAddress
  readonly reporting: Reporting
  readonly showOwnTracksCode: boolean
}

/** Everything that a phone needs, as data for `--json` and as text for a person. Shown once: it holds the secret. */
export function createSetupSheet(
  input: SetupInput,
  paint: Paint,
  isTty: boolean,
): { data: unknown; text: string } {
  const { device, mountedOn, secret, osmand, app, reporting } = input
  const traccar = traccarClientSettings(osmand.url, device.trackerId, reporting)
  const ownTracks = ownTracksSettings(`${app.url}/ingest/owntracks`, device.trackerId, secret, reporting)
  // Both ports mostly share one address: saying it twice helps nobody.
  const warnings = [osmand.warning ?? app.warning].filter((warning) => warning !== null)
  const colours = isTty && paint.bold('x') !== 'x'
  const code = input.showOwnTracksCode ? ownTracks.link : traccar.link
  const text = [
    `${paint.green('Registered')} ${paint.bold(device.name)} on ${mountedOn}.`,
    '',
    ...warnings.flatMap((warning) => [paint.yellow(warning), '']),
    `Tracker id  ${paint.bold(device.trackerId)}   who knows it can send positions for it`,
    `Secret      ${paint.bold(secret)}   shown this once; for OwnTracks`,
    '',
    input.showOwnTracksCode
      ? paint.bold(
          'OwnTracks: scan with the camera of the phone (Android: allow remote configuration first).',
        )
      : paint.bold('Traccar Client: Settings, the QR sign, scan:'),
    '',
    renderQrCode(code, colours),
    '',
    paint.bold('Or type into Traccar Client:'),
    ...sheet(traccar.fields),
    '',
    paint.bold('Or into OwnTracks:'),
    ...sheet(ownTracks.fields),
  ].join('\n')
  return {
    text,
    data: {
      device,
      secret,
      warnings,
      traccarClient: { link: traccar.link, settings: traccar.fields },
      ownTracks: { link: ownTracks.link, configuration: JSON.parse(ownTracks.file) as unknown },
    },
  }
}

function sheet(fields: Readonly<Record<string, string>>): string[] {
  const width = Math.max(...Object.keys(fields).map((name) => name.length))
  return Object.entries(fields).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}
