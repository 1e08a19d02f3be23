import type { DeviceId } from '@fleet/domain'
import { createDeviceSecret, createTrackerId } from '../../auth/device-secret.ts'
import type { Handlers } from '../call.ts'
import { createdAnswer, execute, idFor, present, removedAnswer, rowAnswer, target } from '../execute.ts'
import type { HandlerDeps } from './deps.ts'
import { readPage, readRow } from './rows.ts'

export function deviceHandlers({
  store,
  now,
}: HandlerDeps): Pick<
  Handlers,
  'listDevices' | 'getDevice' | 'createDevice' | 'updateDevice' | 'rotateDevice' | 'removeDevice'
> {
  return {
    listDevices: (call) => readPage(call.query, (query) => store.list('device', query)),
    getDevice: (call) => readRow(store, 'device', call.params.id),
    async createDevice(call) {
      const { name, mount } = call.body
      const id = call.body.id ?? idFor<DeviceId>(call, 'device.create')
      const trackerId = call.body.trackerId ?? createTrackerId(call)
      const { secret, secretHash } = createDeviceSecret(call, `device.create ${id}`)
      const answer = createdAnswer(
        call.route.path,
        await execute(store, now, call, { type: 'device.create', id, trackerId, name, mount, secretHash }),
      )
      return { ...answer, body: { device: answer.body, secret } }
    },
    async updateDevice(call) {
      const patch = present(call.body)
      return rowAnswer(await execute(store, now, call, { type: 'device.update', ...target(call), patch }))
    },
    async rotateDevice(call) {
      const { secret, secretHash } = createDeviceSecret(call, `device.rotate ${call.params.id}`)
      const answer = rowAnswer(
        await execute(store, now, call, { type: 'device.rotate', ...target(call), secretHash }),
      )
      return { ...answer, body: { device: answer.body, secret } }
    },
    async removeDevice(call) {
      return removedAnswer(await execute(store, now, call, { type: 'device.remove', ...target(call) }))
    },
  }
}
