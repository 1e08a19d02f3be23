import { desktopMenu, desktopNotification, desktopPaths, desktopState, type DesktopAbout } from '@fleet/api'
import type { Store } from '@fleet/store'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { faultsOf } from '../http/faults.ts'
import { HttpProblem } from '../http/problem.ts'
import type { DesktopShell } from './desktop-shell.ts'
import { collectDiagnostics, type DiagnosticsSource } from './diagnostics.ts'

export interface NativeOptions extends Omit<DiagnosticsSource, 'about' | 'logFile'> {
  readonly shell: DesktopShell
  readonly store: Store
  readonly now: () => number
}

const staff = { access: ['admin', 'dispatcher', 'mechanic', 'viewer', 'courier'] } as const
const admins = { access: ['admin'] } as const

/** What the window's page asks of the program around it; the launch cookie is asked for before. */
export function registerNative(app: FastifyInstance, options: NativeOptions): void {
  const { shell, store, now } = options

  app.post(desktopPaths.notifications, { config: staff }, async (request, reply) => {
    shell.notify(readBody(desktopNotification, request))
    return reply.code(204).send()
  })
  app.put(desktopPaths.state, { config: staff }, async (request, reply) => {
    shell.showState(readBody(desktopState, request))
    return reply.code(204).send()
  })
  app.put(desktopPaths.menu, { config: staff }, async (request, reply) => {
    shell.showMenu(readBody(desktopMenu, request))
    return reply.code(204).send()
  })
  app.get(desktopPaths.about, { config: staff }, async () => aboutOf(shell, store))
  // Settings and the log are the business of whoever runs the app.
  app.get(desktopPaths.diagnostics, { config: admins }, async (_request, reply) => {
    const about = await aboutOf(shell, store)
    const file = await collectDiagnostics({ ...options, about, logFile: shell.logFile })
    const at = new Date(now()).toISOString().slice(0, 16).replaceAll(':', '')
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="fleet-diagnostics-${at}.zip"`)
      .header('cache-control', 'no-store')
      .send(file)
  })
}

async function aboutOf(shell: DesktopShell, store: Store): Promise<DesktopAbout> {
  const figures = await store.figures().catch(() => null)
  return {
    ...shell.versions,
    build: shell.build,
    node: process.versions.node,
    database: figures?.version ?? { sqlite: 'SQLite', postgres: 'PostgreSQL' }[store.backend],
    logFile: shell.logFile,
  }
}

/** @throws HttpProblem invalid_request, with each field at fault */
function readBody<S extends z.ZodType>(schema: S, request: FastifyRequest): z.output<S> {
  const read = schema.safeParse(request.body)
  if (read.success) return read.data
  throw new HttpProblem('invalid_request', 'Some fields are not as they must be.', {
    errors: faultsOf(read.error.issues, '', request.body),
  })
}
