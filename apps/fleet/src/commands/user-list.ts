import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { listAll } from '../find-rows.ts'
import { renderTable } from '../table.ts'

export const userList = defineCommand({
  name: 'list',
  summary: 'List accounts',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet user list', says: 'Names, roles, and who may sign in' }],
  run: (_, world) =>
    withStore(world, async (store) => {
      const users = await listAll(store, 'user')
      const rows = await Promise.all(
        users.map(async ({ name, role, disabled, createdAtMs }) => [
          name,
          role,
          disabled
            ? 'disabled'
            : (await store.userByName(name))?.passwordHash
              ? 'enabled'
              : 'enabled, no password',
          new Date(createdAtMs).toLocaleDateString('sv'),
        ]),
      )
      return {
        data: { users },
        text:
          rows.length > 0
            ? renderTable(['NAME', 'ROLE', 'STATE', 'SINCE'], rows)
            : 'No accounts yet: fleet user add NAME --role admin',
      }
    }),
})
