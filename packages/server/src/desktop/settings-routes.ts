import { connectionQuestion, lookChange, settingsChange, settingsPaths, startAnswer } from '@fleet/api'
import type { User } from '@fleet/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { faultsOf } from '../http/faults.ts'
import { HttpProblem } from '../http/problem.ts'
import { within } from '../within.ts'
import type { SettingsOffice } from './settings-office.ts'

const config = { access: 'anyone', needsNoSession: true } as const
/** The store itself tries for as long as a failover takes. */
const lookUpMs = 5_000
const unknownPerson =
  'The database does not say who is signed in. Close the app and open it again: then it asks where the data is.'

/**
 * The settings of the desktop app. Only for its window: the launch cookie is asked for before.
 *
 * Whoever is signed in must be an admin. Nobody signed in is let through: a wrong connection is a reason why nobody can
 * sign in. The settings are a file of whoever sits at this computer, so this keeps colleagues from mistakes, and nobody
 * from the file.
 *
 * While the database is away, whom it named within the last day is believed. Whom it did not is refused: the window that
 * holds a session is somebody's. They start the app again; then there is no database to open, and with it no session,
 * and whoever has started it repairs the connection on the page that says what is wrong.
 *
 * @param authorise who is signed in; null for nobody; throws when that cannot be found out
 */
export function registerSettings(
  app: FastifyInstance,
  office: SettingsOffice,
  authorise: (request: FastifyRequest) => Promise<User | null>,
): void {
  const allow = async (request: FastifyRequest) => {
    const user = await within(authorise(request), lookUpMs, 'nobody knows' as const).catch(
      (cause: unknown) => {
        throw new HttpProblem('database_unavailable', unknownPerson, { cause })
      },
    )
    if (user === 'nobody knows') throw new HttpProblem('database_unavailable', unknownPerson)
    if (user !== null && user.role !== 'admin')
      throw new HttpProblem(
        'forbidden',
        'The settings of the app are for admins, or for whoever has signed out.',
      )
  }
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/desktop/')) void reply.header('cache-control', 'no-store')
  })
  const add = (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    handler: (request: FastifyRequest) => Promise<unknown>,
  ) =>
    app.route({
      method,
      url,
      config,
      handler: async (request, reply) => {
        const body = await handler(request)
        return body === undefined ? reply.code(204).send() : reply.send(body)
      },
    })

  add('GET', settingsPaths.start, async () => office.state)
  add('POST', settingsPaths.start, async (request) =>
    office.tryAgain(readBody(startAnswer, request).password),
  )
  add('PUT', settingsPaths.look, async (request) => office.keepLook(readBody(lookChange, request)))
  add('GET', settingsPaths.settings, async (request) => {
    await allow(request)
    return office.view()
  })
  add('PUT', settingsPaths.settings, async (request) => {
    await allow(request)
    const { settings, password } = readBody(settingsChange, request)
    return office.save(settings, password)
  })
  add('POST', settingsPaths.connectionTest, async (request) => {
    await allow(request)
    const { connection, password } = readBody(connectionQuestion, request)
    return office.test(connection, password)
  })
}

function readBody<S extends z.ZodType>(schema: S, request: FastifyRequest): z.output<S> {
  const read = schema.safeParse(request.body ?? {})
  if (read.success) return read.data
  throw new HttpProblem('invalid_request', 'Some fields are not as they must be.', {
    errors: faultsOf(read.error.issues, '', request.body),
  })
}
