import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { HttpProblem } from '../http/problem.ts'

/** `localhost`, `127.0.0.0/8` or `::1`, with or without brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || bare === '::1') return true
  return isIP(bare) === 4 && bare.startsWith('127.')
}

/**
 * Refuses a Host header that is not ours while we listen on loopback only. A page of any site may point its own
 * name at 127.0.0.1 (DNS rebinding) and would then be of the "same origin" as this app; its name gives it away.
 *
 * @param publicHost the host of FLEET_PUBLIC_URL, for a proxy on this machine
 * @throws HttpProblem 403 wrong_host
 */
export function checkHost(request: FastifyRequest, listensOn: string, publicHost: string | null): void {
  if (!isLoopback(listensOn)) return
  if (isLoopback(request.hostname) || (publicHost !== null && request.host === publicHost)) return
  throw new HttpProblem('wrong_host', 'This server answers to the names of this machine only.')
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a page of another site sends: a browser names the page's origin in `Origin` with every request
 * that may change something and with every WebSocket. `SameSite=Strict` alone would let a page on another port of
 * the same host through.
 *
 * @throws HttpProblem 403 wrong_origin
 */
export function checkOrigin(request: FastifyRequest, publicHost: string | null): void {
  const upgrades = request.headers.upgrade !== undefined
  if (safeMethods.has(request.method) && !upgrades) return
  const { origin } = request.headers
  // Programs other than browsers send none; a browser cannot be made to leave it out.
  if (origin === undefined) return
  const host = URL.canParse(origin) ? new URL(origin).host : null
  if (host !== null && (host === request.host.toLowerCase() || host === publicHost)) return
  throw new HttpProblem('wrong_origin', 'This request came from a page that is not part of this app.')
}
