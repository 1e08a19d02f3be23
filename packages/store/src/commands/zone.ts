import { accept } from '@fleet/domain'
import { changed, checkIdIsNew, createdBy, loadExpected, type HandlersOf } from './handler.ts'

export const zoneHandlers: HandlersOf<'zone'> = {
  async 'zone.create'(tx, { id, name, kind, polygon }, context) {
    const isNew = await checkIdIsNew(tx, 'zone', id)
    if (!isNew.ok) return isNew
    const entity = { id, name, kind, polygon, ...createdBy(context) }
    return accept([{ kind: 'zone', change: 'insert', entity }])
  },

  async 'zone.update'(tx, { id, expectedVersion, patch }, context) {
    const zone = await loadExpected(tx, 'zone', id, expectedVersion)
    if (!zone.ok) return zone
    return accept([{ kind: 'zone', change: 'update', entity: changed(zone.value, patch, context) }])
  },

  async 'zone.remove'(tx, { id, expectedVersion }, context) {
    const zone = await loadExpected(tx, 'zone', id, expectedVersion)
    if (!zone.ok) return zone
    return accept([{ kind: 'zone', change: 'remove', entity: changed(zone.value, {}, context) }])
  },
}
