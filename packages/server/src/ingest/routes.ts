import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../log.ts'
import { maxTrackerBodyBytes } from '../trackers/index.ts'
import {
  type Answer,
  compressedAnswer,
  failedAnswer,
  isCompressed,
  retryAfterS,
  textAnswer,
  turnedAwayLine,
} from './answer.ts'
import { answerBatch, maxBatchBytes, problemAnswer } from './batch-handler.ts'
import type { Ingest } from './ingest.ts'
import { answerOsmAnd } from './osmand-handler.ts'
import { answerOwnTracks } from './owntracks-handler.ts'

export interface IngestRouteOptions {
  readonly log: Log
  /** IANA name of the zone in which trackers without a zone name their times. */
  readonly timeZone?: string
  /** Bytes of batch bodies that may be on their way in at once. */
  readonly receivingBytes?: number
}

/**
 * The routes for trackers on the main port: `/ingest/osmand`, `/ingest/owntracks`, `/ingest/positions`. Their body
 * parser, which gives bytes for every content type, holds for these routes only.
 */
export function registerIngestRoutes(
  app: FastifyInstance,
  ingest: Ingest,
  options: IngestRouteOptions,
): void {
  const timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const maxReceivingBytes = options.receivingBytes ?? 8 * maxBatchBytes
  let receivingBytes = 0

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.setErrorHandler((error, request, reply) => {
      send(reply, answerError(error, request, options.log))
    })
    const config = { access: 'tracker' } as const
    scope.addHook('onRequest', (request, reply, done) => {
      if (isCompressed(request.headers['content-encoding'])) send(reply, compressedAnswer)
      else done()
    })

    scope.route({
      method: ['GET', 'POST'],
      url: '/ingest/osmand',
      config,
      bodyLimit: maxTrackerBodyBytes,
      handler: async (request, reply) =>
        send(
          reply,
          await answerOsmAnd(
            ingest,
            request.method,
            queryOf(request),
            request.headers['content-type'],
            bodyOf(request),
            timeZone,
          ),
        ),
    })

    scope.post('/ingest/owntracks', { config, bodyLimit: maxTrackerBodyBytes }, async (request, reply) =>
      send(
        reply,
        await answerOwnTracks(ingest, {
          headers: request.headers,
          query: queryOf(request),
          body: bodyOf(request),
        }),
      ),
    )

    scope.post(
      '/ingest/positions',
      {
        config,
        bodyLimit: maxBatchBytes,
        // Bodies that are still coming in are memory too: a hundred slow senders must not hold a hundred times 8 MiB.
        onRequest: (request, reply, done) => {
          const announced = Number(request.headers['content-length'])
          const bytes = Math.min(Number.isFinite(announced) ? announced : maxBatchBytes, maxBatchBytes)
          if (ingest.isFull || receivingBytes + bytes > maxReceivingBytes) {
            send(reply, problemAnswer('busy', turnedAwayLine.busy, retryAfterS.busy))
            return
          }
          receivingBytes += bytes
          reply.raw.once('close', () => {
            receivingBytes -= bytes
          })
          done()
        },
      },
      async (request, reply) =>
        send(
          reply,
          await answerBatch(
            ingest,
            request.headers['content-type'],
            bodyOf(request) ?? Buffer.alloc(0),
            queryOf(request).includes('results=errors'),
          ),
        ),
    )
  })
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status)
  if (answer.headers !== null) reply.headers(answer.headers)
  if (answer.type !== null) reply.header('content-type', answer.type)
  return reply.send(answer.body)
}

/** The query as it came: Fastify's parser would make an object of it that is then read again. */
function queryOf(request: FastifyRequest): string {
  const { url } = request.raw
  const mark = url?.indexOf('?') ?? -1
  return mark < 0 ? '' : url!.slice(mark + 1)
}

const bodyOf = (request: FastifyRequest): Buffer | null =>
  Buffer.isBuffer(request.body) ? request.body : null

function answerError(error: unknown, request: FastifyRequest, log: Log): Answer {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const line = `The body is too large: send at most ${request.routeOptions.bodyLimit} bytes.`
    return request.routeOptions.url === '/ingest/positions'
      ? problemAnswer('payload_too_large', line)
      : textAnswer(413, line)
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return textAnswer(statusCode, 'The request cannot be read.')
  log.error({ error, route: request.routeOptions.url ?? null }, 'A tracker met a bug')
  return failedAnswer
}
