import { connect, type Socket } from 'node:net'

/*
 * A load generator with as little of its own as possible: raw sockets, requests built beforehand, one request in
 * flight on each connection. A process of its own: `node http-load.ts JSON`.
 */

export type HttpLoad =
  /** One fix a request on each of `connections`, as Traccar Client sends them. */
  | {
      readonly kind: 'fixes'
      readonly port: number
      readonly connections: number
      readonly warmUpMs: number
      readonly measureMs: number
    }
  /** Batches of `size` fixes of `trackers` trackers, until all of `batches` were answered. */
  | {
      readonly kind: 'batches'
      readonly port: number
      readonly connections: number
      readonly size: number
      readonly trackers: number
      readonly warmUpBatches: number
      readonly batches: number
    }
  /** Changes of the notes of bikes, one at a time on each of `connections`, as dispatchers' browsers send them. */
  | {
      readonly kind: 'commands'
      readonly port: number
      readonly connections: number
      readonly cookie: string
      readonly bikeIds: readonly string[]
      readonly warmUpMs: number
      readonly measureMs: number
    }

export interface HttpLoadResult {
  /** Fixes, or commands, that were answered 2xx in the measured part, and how long it took. */
  readonly fixes: number
  readonly elapsedMs: number
  /** Fixes that were answered 2xx from the start: all of these must be in the database. */
  readonly acknowledged: number
  readonly refused: number
  readonly latencyMs: { readonly p50: number; readonly p99: number }
}

const load = JSON.parse(process.argv[2]!) as HttpLoad
const startMs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000

/** Along a circle of 1 km, at 5 m/s. */
function place(tracker: number, step: number): { lat: string; lon: string } {
  const angle = tracker + step * 0.005
  return {
    lat: (52.37 + 0.009 * Math.sin(angle)).toFixed(7),
    lon: (4.89 + 0.0147 * Math.cos(angle)).toFixed(7),
  }
}

function fixRequest(tracker: number, step: number): Buffer {
  const { lat, lon } = place(tracker, step)
  const body =
    `id=bench-${tracker}&timestamp=${(startMs + step * 1000) / 1000}&lat=${lat}&lon=${lon}&speed=9.7&bearing=270.5` +
    '&altitude=2.1&accuracy=4.8&batt=83&charge=false'
  return Buffer.from(
    'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
}

function commandRequest(cookie: string, bikeId: string): Buffer {
  const body = JSON.stringify({ note: `note ${Math.random()}` })
  return Buffer.from(
    `PATCH /api/bikes/${bikeId} HTTP/1.1\r\nHost: 127.0.0.1:${load.port}\r\nCookie: ${cookie}\r\n` +
      `Idempotency-Key: ${crypto.randomUUID()}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
}

function batchRequest(batch: number, size: number, trackers: number): Buffer {
  const items: string[] = []
  for (let i = 0; i < size; i++) {
    const serial = batch * size + i
    const [tracker, step] = [serial % trackers, Math.floor(serial / trackers)]
    const { lat, lon } = place(tracker, step)
    items.push(
      `{"device":"bench-${tracker}","time":"${new Date(startMs + step * 1000).toISOString()}","lat":${lat},"lon":${lon},` +
        '"speed_mps":5.1,"heading_deg":270.5,"accuracy_m":4.8,"altitude_m":2.1,"battery_pct":83,"charging":false}',
    )
  }
  const body = `[${items.join(',')}]`
  return Buffer.from(
    'POST /ingest/positions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  )
}

/** Sends a request and gives the status when the whole answer is there. */
class Line {
  readonly #socket: Socket
  #status = 0
  #missing = -1
  #head = ''
  #done: (status: number) => void = () => undefined

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', (error) => {
      throw error
    })
  }

  send(request: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#done = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    if (this.#missing >= 0) this.#missing -= chunk.length
    else {
      this.#head += chunk.toString('latin1')
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#status = Number(this.#head.slice(9, 12))
      const length = Number(/content-length: (\d+)/i.exec(this.#head.slice(0, end))?.[1] ?? 0)
      this.#missing = length - (this.#head.length - end - 4)
    }
    if (this.#missing > 0) return
    this.#missing = -1
    this.#head = ''
    this.#done(this.#status)
  }
}

let acknowledged = 0
let refused = 0
const latencies: number[] = []
let measured = 0

async function sendOne(line: Line, request: Buffer, fixes: number, isMeasured: () => boolean): Promise<void> {
  const began = performance.now()
  const status = await line.send(request)
  if (status !== 200) {
    refused += fixes
    return
  }
  acknowledged += fixes
  if (!isMeasured()) return
  measured += fixes
  latencies.push(performance.now() - began)
}

const runFixes = (options: HttpLoad & { kind: 'fixes' }): Promise<number> => {
  // Built before the clock starts; a connection that needs more builds them as it goes.
  const built = Array.from({ length: options.connections }, (_, tracker) =>
    Array.from({ length: 400 }, (_, step) => fixRequest(tracker, step)),
  )
  return runFor(options, (tracker, step) => built[tracker]![step] ?? fixRequest(tracker, step))
}

const runCommands = (options: HttpLoad & { kind: 'commands' }): Promise<number> =>
  runFor(options, () =>
    commandRequest(options.cookie, options.bikeIds[Math.floor(Math.random() * options.bikeIds.length)]!),
  )

/** One request in flight on each connection, until the time is over. */
async function runFor(
  options: Extract<HttpLoad, { measureMs: number }>,
  request: (connection: number, step: number) => Buffer,
): Promise<number> {
  const lines = Array.from({ length: options.connections }, () => new Line(options.port))
  const began = performance.now()
  const measureFrom = began + options.warmUpMs
  const end = measureFrom + options.measureMs
  const isMeasured = () => performance.now() >= measureFrom
  await Promise.all(
    lines.map(async (line, connection) => {
      for (let step = 0; performance.now() < end; step++)
        await sendOne(line, request(connection, step), 1, isMeasured)
    }),
  )
  const elapsedMs = performance.now() - measureFrom
  for (const line of lines) line.close()
  return elapsedMs
}

async function runBatches(options: HttpLoad & { kind: 'batches' }): Promise<number> {
  const { size, trackers, warmUpBatches } = options
  const total = warmUpBatches + options.batches
  const requests = Array.from({ length: total }, (_, batch) => batchRequest(batch, size, trackers))
  const lines = Array.from({ length: options.connections }, () => new Line(options.port))
  let next = 0
  const sendUntil = async (limit: number, isMeasured: boolean) => {
    const began = performance.now()
    await Promise.all(
      lines.map(async (line) => {
        while (next < limit) await sendOne(line, requests[next++]!, size, () => isMeasured)
      }),
    )
    return performance.now() - began
  }
  await sendUntil(warmUpBatches, false)
  const elapsedMs = await sendUntil(total, true)
  for (const line of lines) line.close()
  return elapsedMs
}

const elapsedMs =
  load.kind === 'fixes'
    ? await runFixes(load)
    : load.kind === 'commands'
      ? await runCommands(load)
      : await runBatches(load)
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN
process.send!({
  fixes: measured,
  elapsedMs,
  acknowledged,
  refused,
  latencyMs: { p50: at(0.5), p99: at(0.99) },
} satisfies HttpLoadResult)
process.disconnect?.()
