import { type Command, defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { execute } from '../execute.ts'
import { findUser } from '../find-rows.ts'

export const userDisable = defineSwitch('disable', true)
export const userEnable = defineSwitch('enable', false)

/** Two commands that differ in one bit. */
function defineSwitch(name: 'enable' | 'disable', disabled: boolean): Command {
  return defineCommand({
    name,
    summary: disabled
      ? 'Keep an account from signing in, and end its sessions'
      : 'Let an account sign in again',
    options: {},
    positionals: [{ name: 'name', summary: 'Sign-in name', required: true }],
    examples: [
      {
        line: `fleet user ${name} bram`,
        says: disabled ? 'At once, also where they are signed in' : 'With the same password',
      },
    ],
    run: ({ positionals }, world) =>
      withStore(world, async (store) => {
        const user = await findUser(store, positionals.name)
        const patch = { disabled }
        const after = await execute<'user.update'>(store, world, {
          type: 'user.update',
          id: user.id,
          expectedVersion: user.version,
          patch,
        })
        if (disabled) await store.deleteSessionsOf(user.id)
        return {
          data: { user: after },
          text: `${user.name} is ${disabled ? 'disabled and signed out' : 'enabled'}.`,
        }
      }),
  })
}
