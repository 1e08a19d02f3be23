import { accept, refuse, type User } from '@fleet/domain'
import { changed, checkExists, checkIdIsNew, createdBy, loadExpected, type HandlersOf } from './handler.ts'

export const isWorkingAdmin = (user: User) => user.role === 'admin' && !user.disabled

export const userHandlers: HandlersOf<'user'> = {
  async 'user.create'(tx, command, context) {
    const { id, role, courierId, passwordHash } = command
    const name = command.name.toLowerCase()
    if ((await tx.claim('usersWithName', name)).some((owner) => owner !== id))
      return refuse('already_exists', `Another user has the name ${name}.`, { field: 'name' })
    const isNew = await checkIdIsNew(tx, 'user', id)
    if (!isNew.ok) return isNew
    const courier = await checkExists(tx, 'courier', courierId, 'courierId')
    if (!courier.ok) return courier
    const entity = { id, name, role, courierId, disabled: false, ...createdBy(context) }
    return accept([{ kind: 'user', change: 'insert', entity, secret: passwordHash }])
  },

  async 'user.update'(tx, { id, expectedVersion, patch }, context) {
    // Two admins who disable each other at the same moment would both see the other one: hence one lock for all.
    const touchesAdmins = patch.role !== undefined || patch.disabled !== undefined
    const admins = touchesAdmins ? await tx.claim('enabledUsersWithRole', 'admin') : []
    const user = await loadExpected(tx, 'user', id, expectedVersion)
    if (!user.ok) return user
    const courier = await checkExists(tx, 'courier', patch.courierId ?? null, 'courierId')
    if (!courier.ok) return courier
    const entity = changed(user.value, patch, context)
    if (isWorkingAdmin(user.value) && !isWorkingAdmin(entity) && admins.every((admin) => admin === id))
      return refuse(
        'in_use',
        `${user.value.name} is the only admin who can sign in. Make somebody else admin first.`,
        { field: patch.disabled === undefined ? 'role' : 'disabled' },
      )
    return accept([{ kind: 'user', change: 'update', entity }])
  },

  async 'user.password'(tx, { id, expectedVersion, passwordHash }, context) {
    const user = await loadExpected(tx, 'user', id, expectedVersion)
    if (!user.ok) return user
    return accept([
      { kind: 'user', change: 'update', entity: changed(user.value, {}, context), secret: passwordHash },
    ])
  },
}
