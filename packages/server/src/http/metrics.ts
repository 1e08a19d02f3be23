import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { isLoopback } from '../auth/origin.ts'
import { HttpProblem } from './problem.ts'

/** A registry for one server: the process's default one would mix those of two servers in one test run. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Measures every request by its route's template: addresses hold ids, and every id would be a series of its own. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'fleet_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    )
  })
}

/**
 * `/metrics` for Prometheus. Figures about a fleet are not for everybody: they are given to this machine only,
 * unless `open` (FLEET_METRICS_OPEN=1, for a Prometheus elsewhere on a network that is trusted).
 */
export function registerMetrics(app: FastifyInstance, registry: Registry, open: boolean): void {
  app.get('/metrics', { config: { access: 'anyone', needsNoSession: true } }, async (request, reply) => {
    if (!open && !isFromThisMachine(request))
      throw new HttpProblem(
        'forbidden',
        'Metrics are given to this machine only. To open them to the network, set FLEET_METRICS_OPEN=1.',
      )
    return reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics())
  })
}

/** What a proxy on this machine passes on comes from loopback, too, but not from this machine: it says so. */
function isFromThisMachine(request: FastifyRequest): boolean {
  const { headers, socket } = request
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
  return !forwarded && isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''))
}
