import { createId, type BikeId, type Command, type DeviceId } from '@fleet/domain'
import { createHash, randomBytes } from 'node:crypto'
import { openServer } from '@fleet/server'
import { openStore, type StoreConfig } from '@fleet/store'
import { openBareStore } from '@fleet/store/testing'

/*
 * The server of the benchmarks, a process of its own as in production: `node fleet-process.ts JSON`. Registers bikes
 * with a tracker each, tells the parent where it listens, and stops when the parent goes.
 */

export interface FleetProcessOptions {
  readonly config: StoreConfig
  /** Bikes with a tracker each: `bench-0`, `bench-1`, ... */
  readonly bikes: number
  /** Where fixes are kept while the database is away. Default: nowhere. */
  readonly spool?: { readonly folder: string; readonly maxBytes: number }
  /** Its commands leave neither record nor line in the change log: see `openBareStore`. */
  readonly isBare?: boolean
}

export interface FleetProcessReady {
  readonly url: string
  readonly osmandUrl: string
  readonly signInLink: string | null
  readonly bikeIds: readonly string[]
}

const options = JSON.parse(process.argv[2]!) as FleetProcessOptions
const filled = await openStore(options.config)
const commands: Command[] = []
for (let i = 0; i < options.bikes; i++) {
  const bikeId = createId<BikeId>(Date.now(), randomBytes(10))
  commands.push({
    type: 'bike.create',
    id: bikeId,
    code: `AMS-${String(i).padStart(4, '0')}`,
    kind: 'city',
    note: '',
  })
  commands.push({
    type: 'device.create',
    id: createId<DeviceId>(Date.now(), randomBytes(10)),
    trackerId: `bench-${i}`,
    name: `Tracker ${i}`,
    mount: { on: 'bike', bikeId },
    secretHash: createHash('sha256').update(`secret-${i}`).digest('hex'),
  })
}
for (let at = 0; at < commands.length; at += 1_000)
  await filled.executeAll(commands.slice(at, at + 1_000), {
    key: `bench-${at}`,
    actor: { id: null, name: 'bench' },
    nowMs: Date.now(),
  })

const { config } = options
const isBare = options.isBare === true && config.backend === 'postgres'
const store = isBare ? await openBareStore(config) : filled
if (isBare) await filled.close()

const quiet = () => undefined
const complain = (fields: object, message: string) => console.error(message, fields)
const server = await openServer({
  store,
  host: '127.0.0.1',
  port: 0,
  osmand: { host: '127.0.0.1', port: 0 },
  webRoot: null,
  spool: options.spool ?? null,
  retention: { positionsDays: 90, idempotencyDays: 7 },
  version: 'bench',
  now: Date.now,
  log: { debug: quiet, info: quiet, warn: complain, error: complain },
})
process.once('disconnect', () => void server.close().then(() => process.exit(0)))
process.send!({
  url: server.url,
  osmandUrl: server.osmandUrl!,
  signInLink: server.signInLink,
  bikeIds: commands.flatMap((command) => (command.type === 'bike.create' ? [command.id] : [])),
} satisfies FleetProcessReady)
