import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listenFailure, urlOf } from '../http/address.ts'
import { within } from '../within.ts'

/**
 * The port of the desktop app. It stays open from the first server to the last, since the window believes whoever
 * listens there and shows what proves the launch: between two servers no other program may take the port. Requests that
 * come while nobody is behind it wait for the next server.
 */
export class WindowDoor {
  readonly url: string
  /** The token of the launch was shown, to whichever server. */
  isTokenUsed = false
  readonly #server: Server
  #behind: Server | null = null
  readonly #waiting: [IncomingMessage, ServerResponse][] = []
  readonly #inFlight = new Map<Server, Set<ServerResponse>>()

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
    server.on('request', (request, response) => this.#receive(request, response))
    server.on('upgrade', (request, socket, head) => {
      // Its page tries again by itself.
      if (!this.#behind?.emit('upgrade', request, socket, head)) socket.destroy()
    })
    server.on('clientError', (error, socket) => {
      if (!this.#behind?.emit('clientError', error, socket)) socket.destroy()
    })
  }

  /**
   * @param port 0 lets the system choose
   * @throws AppError address_in_use, invalid_configuration
   */
  static async open(host: string, port: number): Promise<WindowDoor> {
    // As Fastify does for servers of its own.
    const server = createServer({ requestTimeout: 30_000, keepAliveTimeout: 72_000 })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenFailure(error, host, port)))
      server.listen(port, host, resolve)
    })
    const address = server.address()
    return new WindowDoor(
      server,
      urlOf(host, typeof address === 'object' && address !== null ? address.port : port),
    )
  }

  /** From now on this server, which does not listen itself, answers; first those who have waited. */
  lead(server: Server): void {
    this.#behind = server
    for (const [request, response] of this.#waiting.splice(0)) this.#receive(request, response)
  }

  /** Nobody is led to this server any more. Resolves when its requests in flight have ended, or were cut off. */
  async leave(server: Server, timeoutMs: number): Promise<void> {
    if (this.#behind === server) this.#behind = null
    const open = this.#inFlight.get(server) ?? new Set()
    const ended = [...open].map((response) => new Promise((resolve) => response.once('close', resolve)))
    await within(Promise.all(ended), timeoutMs, null)
    for (const response of open) response.destroy()
    this.#inFlight.delete(server)
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    // Whoever waited may have gone.
    if (request.socket.destroyed) return
    const server = this.#behind
    if (server === null) {
      this.#waiting.push([request, response])
      return
    }
    const open = this.#inFlight.get(server) ?? new Set()
    this.#inFlight.set(server, open.add(response))
    response.once('close', () => open.delete(response))
    server.emit('request', request, response)
  }
}
