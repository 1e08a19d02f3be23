import { accept, bikeTransitions, refuse, step, type Bike, type Decision } from '@fleet/domain'
import {
  changed,
  checkIdIsNew,
  createdBy,
  loadExpected,
  type CommandReader,
  type HandlersOf,
} from './handler.ts'

export const bikeHandlers: HandlersOf<'bike'> = {
  async 'bike.create'(tx, { id, code, kind, note }, context) {
    const free = await claimCode(tx, id, code)
    if (!free.ok) return free
    const isNew = await checkIdIsNew(tx, 'bike', id)
    if (!isNew.ok) return isNew
    const entity = { id, no: 0, code, kind, note, status: 'available' as const, ...createdBy(context) }
    return accept([{ kind: 'bike', change: 'insert', entity }])
  },

  async 'bike.update'(tx, { id, expectedVersion, patch }, context) {
    if (patch.code !== undefined) {
      const free = await claimCode(tx, id, patch.code)
      if (!free.ok) return free
    }
    const bike = await loadExpected(tx, 'bike', id, expectedVersion)
    if (!bike.ok) return bike
    return accept([{ kind: 'bike', change: 'update', entity: changed(bike.value, patch, context) }])
  },

  async 'bike.step'(tx, { id, expectedVersion, event }, context) {
    const bike = await loadExpected(tx, 'bike', id, expectedVersion)
    if (!bike.ok) return bike
    const status = step('bike', bikeTransitions, bike.value.status, event)
    if (!status.ok) return status
    return accept([
      { kind: 'bike', change: 'update', entity: changed(bike.value, { status: status.value }, context) },
    ])
  },

  async 'bike.remove'(tx, { id, expectedVersion }, context) {
    const bike = await loadExpected(tx, 'bike', id, expectedVersion)
    if (!bike.ok) return bike
    const free = await checkBikeIsFree(tx, bike.value)
    if (!free.ok) return free
    return accept([{ kind: 'bike', change: 'remove', entity: changed(bike.value, {}, context) }])
  },
}

/** Whether nobody rides the bike and no tracker is on it. */
export async function checkBikeIsFree(
  tx: CommandReader,
  { id, code, status }: Bike,
): Promise<Decision<null>> {
  if (status === 'in_use') return refuse('in_use', `A courier is riding ${code}. It must be returned first.`)
  if ((await tx.find('devicesOnBike', id)).length > 0)
    return refuse('in_use', `A tracker is mounted on ${code}. Move or remove the tracker first.`)
  return accept(null)
}

async function claimCode(tx: CommandReader, id: string, code: string): Promise<Decision<null>> {
  const owners = await tx.claim('bikesWithCode', code)
  return owners.every((owner) => owner === id)
    ? accept(null)
    : refuse('already_exists', `Another bike has the code ${code}.`, { field: 'code' })
}
