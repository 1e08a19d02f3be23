import { defineCommand } from '../command.ts'
import { databaseVariables, knownVariables } from '../config/settings.ts'

export const serve = defineCommand({
  name: 'serve',
  summary: 'Start the fleet app',
  description:
    'Reads all settings, connects to the database, brings its tables up to date, fills an empty one with a\n' +
    'demo fleet, and listens until it is stopped. Ctrl-C or SIGTERM stops it: requests in flight are finished.\n' +
    'A second Ctrl-C stops it at once.',
  options: {
    host: { type: 'string', value: 'ADDRESS', summary: 'Listen on this address (FLEET_HOST)' },
    port: { type: 'string', value: 'PORT', summary: 'Listen on this port (FLEET_PORT)' },
    seed: { type: 'string', value: 'WHAT', summary: 'Fill an empty database: demo or none (FLEET_SEED)' },
    riders: { type: 'string', value: 'N', summary: 'So many demo couriers ride (FLEET_DEMO_RIDERS)' },
    launched: {
      type: 'boolean',
      summary:
        'For the desktop app: its token is the first line of standard input, whose end stops the server',
    },
  },
  positionals: [],
  environment: { ...knownVariables, ...databaseVariables },
  examples: [
    { line: 'fleet serve', says: 'This machine only, embedded database, demo fleet' },
    { line: 'FLEET_HOST=0.0.0.0 FLEET_SEED=none fleet serve', says: 'For the network, empty' },
    {
      line: 'PG_HOST=10.0.0.100 PG_USER=fleet_app PG_DATABASE=bike_fleet fleet serve',
      says: 'On the cluster',
    },
  ],
  async run({ options }, world) {
    // The app's libraries take half a second to load: only who needs them should wait.
    const { runServe } = await import('../serve/run-serve.ts')
    return runServe(options, world)
  },
})
