import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { trackerId as trackerIdSchema } from '@fleet/api'
import { AppError, createId, type DeviceId, type DeviceMount } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { configurationError, parseServeConfig } from '../config/serve-config.ts'
import type { Env } from '../config/settings.ts'
import { ownTracksSettings } from '../device/owntracks.ts'
import { type PhoneAddress, phoneAddress } from '../device/phone-address.ts'
import { createSetupSheet } from '../device/setup-sheet.ts'
import { courierReporting, type Reporting, traccarClientSettings } from '../device/traccar-client.ts'
import { createTrackerId, createTrackerSecret } from '../device/tracker-id.ts'
import { execute } from '../execute.ts'
import { findBike, findCourier } from '../find-rows.ts'

export const deviceAdd = defineCommand({
  name: 'add',
  summary: 'Register a tracker and show how to set up the phone',
  description:
    'Shows the settings for Traccar Client and OwnTracks, a QR code, and the secret, once.\n' +
    'Works while the app runs, and while it does not.',
  options: {
    bike: { type: 'string', value: 'CODE', summary: 'The bike that it rides on, like AMS-0042' },
    courier: { type: 'string', value: 'NAME', summary: 'The courier who carries it' },
    name: {
      type: 'string',
      value: 'NAME',
      summary: 'What people call it (default: after the bike or courier)',
    },
    id: { type: 'string', value: 'ID', summary: 'Id of a tracker that has one; else a random one is made' },
    url: {
      type: 'string',
      value: 'URL',
      summary: 'Where phones reach the OsmAnd port, like http://fleet.example.nl:5055',
    },
    interval: {
      type: 'integer',
      value: 'S',
      summary: 'Seconds between fixes',
      default: courierReporting.intervalS,
      min: 1,
      max: 3600,
    },
    distance: {
      type: 'integer',
      value: 'M',
      summary: 'Metres between fixes',
      default: courierReporting.distanceM,
      min: 1,
      max: 10_000,
    },
    accuracy: {
      type: 'string',
      summary: 'How hard the phone tries',
      default: courierReporting.accuracy,
      choices: ['highest', 'high', 'medium', 'low'],
    },
    owntracks: { type: 'boolean', summary: 'Show the QR code for OwnTracks instead of Traccar Client' },
    png: { type: 'string', value: 'FILE', summary: 'Write the QR code to this PNG file, too' },
    otrc: { type: 'string', value: 'FILE', summary: 'Write a configuration file for OwnTracks' },
  },
  positionals: [],
  environment: { FLEET_OSMAND_HOST: 'Where the app listens for trackers; phones need more than 127.0.0.1' },
  examples: [
    { line: 'fleet device add --bike AMS-0042', says: 'A phone or tracker on a bike' },
    { line: 'fleet device add --courier "Sanne de Vries" --owntracks', says: "A courier's own phone" },
  ],
  async run({ options }, world) {
    if ((options.bike === null) === (options.courier === null))
      throw new AppError('usage', 'Say what the tracker is on: a bike or a courier.', {
        fix: 'Give one of --bike CODE and --courier NAME.',
      })
    if (options.id !== null && !trackerIdSchema.safeParse(options.id).success)
      throw new AppError('usage', `"${options.id}" cannot be a tracker id.`, {
        fix: 'Use 1 to 64 letters, digits, dots, dashes and underscores.',
      })
    const addresses = readAddresses(world.env, options.url)
    const reporting: Reporting = {
      ...courierReporting,
      intervalS: options.interval,
      distanceM: options.distance,
      accuracy: options.accuracy as Reporting['accuracy'],
    }
    const trackerId = options.id ?? createTrackerId(world.randomBytes)
    const secret = createTrackerSecret(world.randomBytes)
    return withStore(world, async (store) => {
      const { mount, mountedOn } = await findMount(store, options)
      const device = (await execute<'device.create'>(store, world, {
        type: 'device.create',
        id: createId<DeviceId>(world.now(), world.randomBytes(10)),
        trackerId,
        name: options.name ?? `Phone ${mountedOn}`,
        mount,
        secretHash: createHash('sha256').update(secret).digest('hex'),
      }))!
      const showOwnTracksCode = options.owntracks
      const sheet = createSetupSheet(
        { device, mountedOn, secret, reporting, showOwnTracksCode, ...addresses },
        world.terminal.paint,
        world.terminal.isOutTty,
      )
      const ownTracks = ownTracksSettings(
        `${addresses.app.url}/ingest/owntracks`,
        trackerId,
        secret,
        reporting,
      )
      const traccar = traccarClientSettings(addresses.osmand.url, trackerId, reporting)
      if (options.png !== null) {
        const { writeQrPng } = await import('../device/qr-code.ts')
        await writeQrPng(showOwnTracksCode ? ownTracks.link : traccar.link, options.png)
      }
      if (options.otrc !== null) await writeFile(options.otrc, ownTracks.file, { mode: 0o600 })
      return sheet
    })
  },
})

async function findMount(
  store: Store,
  { bike, courier }: { readonly bike: string | null; readonly courier: string | null },
): Promise<{ mount: DeviceMount; mountedOn: string }> {
  if (bike !== null) {
    const { id: bikeId, code } = await findBike(store, bike)
    return { mount: { on: 'bike', bikeId }, mountedOn: code }
  }
  const { id: courierId, name } = await findCourier(store, courier ?? '')
  return { mount: { on: 'courier', courierId }, mountedOn: name }
}

/** Where phones send to: the OsmAnd port, or its path on the main port when that port is closed. */
function readAddresses(env: Env, url: string | null): { osmand: PhoneAddress; app: PhoneAddress } {
  const parsed = parseServeConfig(env)
  if (!parsed.ok) throw configurationError(parsed.problems)
  const { host, port, osmand, publicUrl } = parsed.config
  const interfaces = networkInterfaces()
  const app = publicUrl
    ? { url: publicUrl.origin, warning: null }
    : phoneAddress({ host, port, variable: 'FLEET_HOST' }, interfaces)
  if (url !== null) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new AppError('usage', `--url is "${url}", which is no web address.`, {
        fix: 'Give it like http://fleet.example.nl:5055.',
      })
    // With an address of one's own for the one, the guess for the other takes its name.
    const given = url.replace(/\/+$/, '')
    return { osmand: { url: given, warning: null }, app: publicUrl ? app : sameHost(given, port) }
  }
  if (osmand) {
    const variable = env['FLEET_OSMAND_HOST'] ? 'FLEET_OSMAND_HOST' : 'FLEET_HOST'
    return { osmand: phoneAddress({ ...osmand, variable }, interfaces), app }
  }
  return { osmand: { ...app, url: `${app.url}/ingest/osmand` }, app }
}

const sameHost = (url: string, port: number): PhoneAddress => ({
  url: `http://${new URL(url).hostname}:${port}`,
  warning: null,
})
