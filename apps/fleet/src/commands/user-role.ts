import { nearestWord } from '@fleet/cluster/nearest-word'
import { AppError, type Role, roles } from '@fleet/domain'
import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { execute } from '../execute.ts'
import { findCourier, findUser } from '../find-rows.ts'

export const userRole = defineCommand({
  name: 'role',
  summary: 'Change what an account may do',
  options: { courier: { type: 'string', value: 'NAME', summary: 'With role courier: who they are' } },
  positionals: [
    { name: 'name', summary: 'Sign-in name', required: true },
    { name: 'role', summary: `One of ${roles.join(', ')}`, required: true },
  ],
  examples: [{ line: 'fleet user role bram dispatcher', says: 'From the next request on' }],
  async run({ options, positionals }, world) {
    const role = roles.find((candidate) => candidate === positionals.role)
    if (!role) {
      const meant = nearestWord(positionals.role, roles)
      throw new AppError('usage', `There is no role "${positionals.role}".`, {
        fix: `Choose one of ${roles.join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`,
      })
    }
    if (role === 'courier' && options.courier === null)
      throw new AppError('usage', 'An account of role courier belongs to a courier.', {
        fix: 'Say who it is with --courier NAME.',
      })
    return withStore(world, async (store) => {
      const user = await findUser(store, positionals.name)
      const courierId = options.courier === null ? null : (await findCourier(store, options.courier)).id
      const patch: { role: Role; courierId: typeof courierId } = { role, courierId }
      const after = await execute<'user.update'>(store, world, {
        type: 'user.update',
        id: user.id,
        expectedVersion: user.version,
        patch,
      })
      return { data: { user: after }, text: `${user.name} is ${role} now.` }
    })
  },
})
