import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/index.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

// A program that waits for nothing but what cannot keep it alive ends in the middle of it, with exit code 13.
async function run(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  return stdout
}

const moduleAt = (path: string) => JSON.stringify(join(import.meta.dirname, path))

test('closing a store holds a program until it is through, and nothing holds it afterwards', async () => {
  const config = server.config(await server.createDatabase(), 2)
  const stdout = await run(`
    const { openStore } = await import(${moduleAt('../index.ts')})
    for (let waitMs = 0; waitMs < 80; waitMs += 4) {
      const store = await openStore(${JSON.stringify(config)})
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      await store.close()
    }
    console.log('closed')`)
  expect(stdout).toBe('closed\n')
})

test('so does closing a connection, wherever its watch is', async () => {
  const stdout = await run(`
    const { createPostgresConnection } = await import(${moduleAt('connection.ts')})
    for (let waitMs = 0; waitMs < 40; waitMs++) {
      const connection = createPostgresConnection(${JSON.stringify(server.config('postgres', 2))})
      await (await connection.openSession(0)).end()
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      await connection.close()
    }
    console.log('closed')`)
  expect(stdout).toBe('closed\n')
})
