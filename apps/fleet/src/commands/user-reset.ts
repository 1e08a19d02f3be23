import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { drawLetters } from '../device/tracker-id.ts'
import { execute } from '../execute.ts'
import { findUser } from '../find-rows.ts'
import { hashPassword, readNewPassword } from '../password.ts'

export const userReset = defineCommand({
  name: 'reset',
  summary: 'Set a new password and end the sessions of an account',
  options: {
    generate: { type: 'boolean', summary: 'Make a random password and show it once' },
    'password-stdin': { type: 'boolean', summary: 'Read the password from standard input' },
  },
  positionals: [{ name: 'name', summary: 'Sign-in name', required: true }],
  examples: [
    { line: 'fleet user reset bram', says: 'Asks for the new password' },
    { line: 'fleet user reset bram --generate', says: 'Prints a random one' },
  ],
  run: ({ options, positionals }, world) =>
    withStore(world, async (store) => {
      // First: a misspelt name should be told before a password is thought up.
      const { id, name } = await findUser(store, positionals.name)
      // 20 letters of 29 are 97 bits; the dashes help whoever copies it by hand.
      const generated = options.generate
        ? (drawLetters(20, world.randomBytes).match(/.{5}/g) ?? []).join('-')
        : null
      const password = generated ?? (await readNewPassword(world, options['password-stdin']))
      const passwordHash = await hashPassword(password)
      const user = await execute<'user.password'>(store, world, {
        type: 'user.password',
        id,
        expectedVersion: null,
        passwordHash,
      })
      await store.deleteSessionsOf(id)
      return {
        data: { user, ...(generated === null ? {} : { password: generated }) },
        text:
          generated === null
            ? `${name} has a new password and is signed out everywhere.`
            : `New password of ${name}, shown this once: ${world.terminal.paint.bold(generated)}`,
      }
    }),
})
