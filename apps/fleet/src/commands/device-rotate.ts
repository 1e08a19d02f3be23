import { createHash } from 'node:crypto'
import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { createTrackerSecret } from '../device/tracker-id.ts'
import { execute } from '../execute.ts'
import { findDevice } from '../find-rows.ts'

export const deviceRotate = defineCommand({
  name: 'rotate',
  summary: 'Give a tracker a new secret; the old one stops working',
  description:
    'The secret protects OwnTracks. The OsmAnd protocol (Traccar Client) knows only the tracker id: when that has\n' +
    'become known, remove the tracker and add it again.',
  options: {},
  positionals: [{ name: 'tracker', summary: 'Tracker id or name', required: true }],
  examples: [{ line: 'fleet device rotate "Phone AMS-0042"', says: 'After a phone was lost' }],
  run: ({ positionals }, world) =>
    withStore(world, async (store) => {
      const { id, version } = await findDevice(store, positionals.tracker)
      const secret = createTrackerSecret(world.randomBytes)
      const secretHash = createHash('sha256').update(secret).digest('hex')
      const device = (await execute<'device.rotate'>(store, world, {
        type: 'device.rotate',
        id,
        expectedVersion: version,
        secretHash,
      }))!
      return {
        data: { device, secret },
        text: `New secret of ${device.name} (${device.trackerId}), shown this once: ${world.terminal.paint.bold(secret)}`,
      }
    }),
})
