import { accept } from '@fleet/domain'
import { changed, checkExists, checkIdIsNew, createdBy, loadExpected, type HandlersOf } from './handler.ts'

export const serviceHandlers: HandlersOf<'service'> = {
  async 'service.create'(tx, { type: _type, ...fields }, context) {
    const isNew = await checkIdIsNew(tx, 'service', fields.id)
    if (!isNew.ok) return isNew
    const bike = await checkExists(tx, 'bike', fields.bikeId, 'bikeId')
    if (!bike.ok) return bike
    const entity = { ...fields, ...createdBy(context) }
    return accept([{ kind: 'service', change: 'insert', entity }])
  },

  async 'service.update'(tx, { id, expectedVersion, patch }, context) {
    const entry = await loadExpected(tx, 'service', id, expectedVersion)
    if (!entry.ok) return entry
    return accept([{ kind: 'service', change: 'update', entity: changed(entry.value, patch, context) }])
  },

  async 'service.remove'(tx, { id, expectedVersion }, context) {
    const entry = await loadExpected(tx, 'service', id, expectedVersion)
    if (!entry.ok) return entry
    return accept([{ kind: 'service', change: 'remove', entity: changed(entry.value, {}, context) }])
  },
}
