import { userName } from '@fleet/api'
import { AppError, createId, type Role, roles, type UserId } from '@fleet/domain'
import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { execute } from '../execute.ts'
import { findCourier } from '../find-rows.ts'
import { hashPassword, readNewPassword } from '../password.ts'

export const userAdd = defineCommand({
  name: 'add',
  summary: 'Add an account',
  description:
    'Asks for the password, or reads it from standard input. There is no option that takes it: the command line is\n' +
    'in the history of the shell and in the list of processes.',
  options: {
    role: { type: 'string', summary: 'What the account may do', choices: roles, required: true },
    courier: { type: 'string', value: 'NAME', summary: 'With role courier: who they are' },
    'password-stdin': { type: 'boolean', summary: 'Read the password from standard input' },
  },
  positionals: [
    { name: 'name', summary: 'Sign-in name: lower-case letters, digits, dot, dash', required: true },
  ],
  examples: [
    { line: 'fleet user add anna --role admin', says: 'Asks for a password' },
    { line: 'fleet user add bram --role dispatcher --password-stdin < bram.txt', says: 'From a file' },
  ],
  async run({ options, positionals }, world) {
    const name = positionals.name.toLowerCase()
    const checked = userName.safeParse(name)
    if (!checked.success)
      throw new AppError('usage', `The name ${checked.error.issues[0]?.message ?? 'cannot be used'}.`)
    const role = options.role as Role
    if ((role === 'courier') !== (options.courier !== null))
      throw new AppError('usage', 'An account of role courier belongs to a courier, and no other does.', {
        fix: role === 'courier' ? 'Say who it is with --courier NAME.' : 'Leave --courier out.',
      })
    const password = await readNewPassword(world, options['password-stdin'])
    return withStore(world, async (store) => {
      const courierId = options.courier === null ? null : (await findCourier(store, options.courier)).id
      const id = createId<UserId>(world.now(), world.randomBytes(10))
      const passwordHash = await hashPassword(password)
      const user = await execute<'user.create'>(store, world, {
        type: 'user.create',
        id,
        name,
        role,
        courierId,
        passwordHash,
      })
      return { data: { user }, text: `Added ${name}, ${role}.` }
    })
  },
})
