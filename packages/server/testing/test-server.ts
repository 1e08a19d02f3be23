import { randomBytes, randomUUID } from 'node:crypto'
import { createClient, type ApiClient } from '@fleet/api'
import { type CourierId, createId, type Role, roles, type UserId } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { createPasswords } from '../src/auth/passwords.ts'
import type { DeclaredRoute } from '../src/http/access.ts'
import { createJsonLog } from '../src/log.ts'
import { composeServer, type FleetServer, type FleetServerOptions } from '../src/server.ts'

export const password = 'a long enough password'

export interface TestServer extends FleetServer {
  readonly store: Store
  readonly routes: readonly DeclaredRoute[]
  /** Every line that was logged, debug included. */
  readonly logged: readonly string[]
  /** The server's clock; tests move it. */
  readonly clock: { nowMs: number }
  /** `fetch` of a path of this server. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Adds an account with the password above. */
  addUser(name: string, role: Role, courierId?: CourierId | null): Promise<UserId>
  /** Signs in and returns the cookie, like `fleet_session=...`. */
  signIn(name: string): Promise<string>
  /** A typed client with this cookie. */
  client(cookie: string): ApiClient
}

let hash: Promise<string> | undefined

/** A really running server on a free port of loopback. */
export async function openTestServer(
  store: Store,
  options: Partial<FleetServerOptions> = {},
): Promise<TestServer> {
  const logged: string[] = []
  const clock = { nowMs: Date.now() }
  const now = () => clock.nowMs
  const { app, start } = await composeServer({
    store,
    host: '127.0.0.1',
    port: 0,
    osmand: null,
    webRoot: null,
    retention: { positionsDays: 30, idempotencyDays: 7 },
    version: '0.0.0-test',
    log: createJsonLog((line) => logged.push(line), now, 'debug'),
    now,
    ...options,
  })
  const server = await start()
  const fetchPath = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init)
  return {
    ...server,
    store,
    routes: app.declaredRoutes,
    logged,
    clock,
    fetch: fetchPath,
    async addUser(name, role, courierId = null) {
      // Argon2 is slow on purpose; one hash is enough for all accounts of a test run.
      hash ??= createPasswords().hash(password)
      const id = createId<UserId>(now(), randomBytes(10))
      const outcome = await store.execute<'user.create'>(
        { type: 'user.create', id, name, role, courierId, passwordHash: await hash },
        { key: randomUUID(), actor: { id: null, name: 'test' }, nowMs: now() },
      )
      if (!outcome.ok) throw new Error(outcome.refusal.message)
      return id
    },
    async signIn(name) {
      const response = await fetchPath('/api/session', json({ name, password }))
      if (response.status !== 200) throw new Error(`${name} cannot sign in: ${await response.text()}`)
      return cookieOf(response)
    },
    client: (cookie) => createClient(server.url, fetch, { cookie }),
  }
}

/** The init of a POST with this body. */
export const json = (
  body: unknown,
  headers: Record<string, string> = {},
): Omit<RequestInit, 'headers'> & { headers: Record<string, string> } => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const cookieOf = (response: Response): string =>
  (response.headers.getSetCookie()[0] ?? '').split(';')[0]!

/** One signed-in person for each role; the courier is linked to a courier's row. */
export async function signInAllRoles(
  server: TestServer,
): Promise<{ cookies: Readonly<Record<Role, string>>; courierId: CourierId }> {
  const courierId = createId<CourierId>(server.clock.nowMs, randomBytes(10))
  const outcome = await server.store.execute<'courier.create'>(
    { type: 'courier.create', id: courierId, name: 'Sanne', phone: '' },
    { key: randomUUID(), actor: { id: null, name: 'test' }, nowMs: server.clock.nowMs },
  )
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  const cookies: Partial<Record<Role, string>> = {}
  for (const role of roles) {
    await server.addUser(`the-${role}`, role, role === 'courier' ? courierId : null)
    cookies[role] = await server.signIn(`the-${role}`)
  }
  return { cookies: cookies as Record<Role, string>, courierId }
}
