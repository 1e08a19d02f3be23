import { accept, refuse, type Decision, type DeviceMount } from '@fleet/domain'
import {
  changed,
  checkExists,
  checkIdIsNew,
  createdBy,
  loadExpected,
  type CommandReader,
  type HandlersOf,
} from './handler.ts'

export const deviceHandlers: HandlersOf<'device'> = {
  async 'device.create'(tx, { id, trackerId, name, mount, secretHash }, context) {
    if ((await tx.claim('devicesWithTrackerId', trackerId)).some((owner) => owner !== id))
      return refuse('already_exists', `Another tracker has the id ${trackerId}.`, { field: 'trackerId' })
    const isNew = await checkIdIsNew(tx, 'device', id)
    if (!isNew.ok) return isNew
    const mounted = await checkMount(tx, mount)
    if (!mounted.ok) return mounted
    const entity = { id, no: 0, trackerId, name, mount, ...createdBy(context) }
    return accept([{ kind: 'device', change: 'insert', entity, secret: secretHash }])
  },

  async 'device.update'(tx, { id, expectedVersion, patch }, context) {
    const device = await loadExpected(tx, 'device', id, expectedVersion)
    if (!device.ok) return device
    const mounted: Decision<null> = patch.mount ? await checkMount(tx, patch.mount) : accept(null)
    if (!mounted.ok) return mounted
    return accept([{ kind: 'device', change: 'update', entity: changed(device.value, patch, context) }])
  },

  /** The new version in the change log says that the secret changed, and not to what. */
  async 'device.rotate'(tx, { id, expectedVersion, secretHash }, context) {
    const device = await loadExpected(tx, 'device', id, expectedVersion)
    if (!device.ok) return device
    return accept([
      { kind: 'device', change: 'update', entity: changed(device.value, {}, context), secret: secretHash },
    ])
  },

  async 'device.remove'(tx, { id, expectedVersion }, context) {
    const device = await loadExpected(tx, 'device', id, expectedVersion)
    if (!device.ok) return device
    return accept([{ kind: 'device', change: 'remove', entity: changed(device.value, {}, context) }])
  },
}

/** Locks what the tracker is mounted on, so that it cannot be removed at the same moment. */
function checkMount(tx: CommandReader, mount: DeviceMount): Promise<Decision<null>> {
  return mount.on === 'bike'
    ? checkExists(tx, 'bike', mount.bikeId, 'mount')
    : checkExists(tx, 'courier', mount.courierId, 'mount')
}
