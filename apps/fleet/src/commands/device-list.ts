import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { listAll } from '../find-rows.ts'
import { renderTable } from '../table.ts'

export const deviceList = defineCommand({
  name: 'list',
  summary: 'List trackers, what they are on and when they last spoke',
  options: { demo: { type: 'boolean', summary: 'Also the trackers of the demo fleet' } },
  positionals: [],
  examples: [{ line: 'fleet device list --json', says: 'For programs' }],
  run: ({ options }, world) =>
    withStore(world, async (store) => {
      const all = await listAll(store, 'device')
      const bikes = new Map((await listAll(store, 'bike')).map(({ id, code }) => [id, code]))
      const couriers = new Map((await listAll(store, 'courier')).map(({ id, name }) => [id, name]))
      const contacts = new Map((await store.deviceContacts()).map((contact) => [contact.deviceNo, contact]))
      const devices = all
        .filter(({ demo }) => options.demo || !demo)
        .map((device) => {
          const { mount } = device
          const contact = contacts.get(device.no)
          return {
            trackerId: device.trackerId,
            name: device.name,
            on: (mount.on === 'bike' ? bikes.get(mount.bikeId) : couriers.get(mount.courierId)) ?? null,
            lastContactMs: contact?.atMs ?? null,
            batteryPct: contact?.batteryPct ?? null,
          }
        })
      const hidden = all.length - devices.length
      const rows = devices.map(({ trackerId, name, on, lastContactMs, batteryPct }) => [
        trackerId,
        name,
        on ?? '-',
        lastContactMs === null ? 'never' : new Date(lastContactMs).toLocaleString('sv'),
        batteryPct === null ? '-' : `${batteryPct} %`,
      ])
      const table =
        rows.length > 0
          ? renderTable(['TRACKER ID', 'NAME', 'ON', 'LAST HEARD', 'BATTERY'], rows)
          : 'No trackers yet.'
      return {
        data: { devices },
        text: hidden > 0 ? `${table}\n${hidden} of the demo fleet are not shown (--demo).` : table,
      }
    }),
})
