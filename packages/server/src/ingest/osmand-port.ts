import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '@fleet/domain'
import type { Log } from '../log.ts'
import { maxTrackerBodyBytes } from '../trackers/index.ts'
import { type Answer, compressedAnswer, failedAnswer, isCompressed, textAnswer } from './answer.ts'
import type { Ingest } from './ingest.ts'
import { answerOsmAnd } from './osmand-handler.ts'

export interface OsmAndPortOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly log: Log
  readonly timeZone?: string
}

export interface OsmAndPort {
  readonly port: number
  /** Takes no new requests, answers those that came, then resolves. */
  close(): Promise<void>
}

/**
 * The OsmAnd protocol on a port of its own, on any path: trackers are set up with a host and a port. Node's own HTTP
 * server, because everything between it and the handler would be paid for each single fix.
 *
 * @throws AppError address_in_use, invalid_configuration
 */
export async function openOsmAndPort(ingest: Ingest, options: OsmAndPortOptions): Promise<OsmAndPort> {
  const { host, log } = options
  const timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone

  /** A kept connection would hold `close` for as long as a phone goes on sending. */
  function keepAliveWhileOpen(response: ServerResponse): void {
    if (!server.listening) response.shouldKeepAlive = false
  }

  async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer | null,
  ): Promise<void> {
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    let answer: Answer
    try {
      answer = await answerOsmAnd(
        ingest,
        request.method ?? '',
        mark < 0 ? '' : url.slice(mark + 1),
        request.headers['content-type'],
        body,
        timeZone,
      )
    } catch (error) {
      log.error({ error }, 'A tracker met a bug')
      answer = failedAnswer
    }
    keepAliveWhileOpen(response)
    send(response, answer)
  }

  const server = createServer(
    {
      // Slow senders hold a connection, not more.
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      // Phones send every few seconds; a new connection for each fix would cost them more than it costs us.
      keepAliveTimeout: 90_000,
      noDelay: true,
    },
    (request, response) => {
      response.sendDate = false
      keepAliveWhileOpen(response)
      if (request.method === 'GET') {
        request.resume()
        void respond(request, response, null)
      } else if (request.method !== 'POST')
        send(response, textAnswer(405, 'Send positions with GET or POST.', { Allow: 'GET, POST' }))
      else if (isCompressed(request.headers['content-encoding']))
        refuseBody(request, response, compressedAnswer)
      else readBody(request, response, (body) => void respond(request, response, body))
    },
  )
  server.maxConnections = 20_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, options.port)))
    server.listen(options.port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

function readBody(request: IncomingMessage, response: ServerResponse, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxTrackerBodyBytes) {
      chunks.push(chunk)
      return
    }
    request.off('data', onData)
    request.off('end', onEnd)
    refuseBody(request, response, tooLarge)
  }
  const onEnd = () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  request.on('data', onData)
  request.on('end', onEnd)
}

const tooLarge = textAnswer(413, `The body is too large: send at most ${maxTrackerBodyBytes} bytes.`)

/** Answers before the body was read, and gives up the connection: the rest of the body would be taken for a request. */
function refuseBody(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.setHeader('Connection', 'close')
  send(response, answer)
  request.resume()
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  if (response.destroyed) return
  if (type === null) response.writeHead(status, emptyHeaders)
  else
    response.writeHead(status, {
      ...headers,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    })
  response.end(body)
}

const emptyHeaders = { 'Content-Length': 0 }

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new AppError('address_in_use', `Another program listens on ${host}:${port}.`, {
      cause: error,
      fix: 'Stop that program or choose another port with FLEET_OSMAND_PORT.',
    })
  return new AppError('invalid_configuration', `Cannot listen on ${host}:${port} (${error.code}).`, {
    cause: error,
  })
}
