import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { execute } from '../execute.ts'
import { findDevice } from '../find-rows.ts'

export const deviceRemove = defineCommand({
  name: 'remove',
  summary: 'Remove a tracker; what it sent stays in the history',
  options: {},
  positionals: [{ name: 'tracker', summary: 'Tracker id or name', required: true }],
  examples: [
    { line: 'fleet device remove k7m2qz9f4xw8hc3rnd', says: 'Its messages are refused from now on' },
  ],
  run: ({ positionals }, world) =>
    withStore(world, async (store) => {
      const device = await findDevice(store, positionals.tracker)
      await execute<'device.remove'>(store, world, {
        type: 'device.remove',
        id: device.id,
        expectedVersion: device.version,
      })
      return { data: { removed: device }, text: `Removed ${device.name} (${device.trackerId}).` }
    }),
})
