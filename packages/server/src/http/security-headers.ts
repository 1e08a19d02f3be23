import { randomBytes } from 'node:crypto'
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { isHttps } from './session-cookie.ts'

/**
 * What pages of this app may load and run: nothing that this server did not send.
 *
 * @param styleNonce lets the `<style>` elements through that the web app makes while it runs; null for none
 */
export function contentSecurityPolicy(styleNonce: string | null): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    // MapLibre starts its workers from blobs.
    "worker-src 'self' blob:",
    styleNonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${styleNonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // 'self' covers WebSockets of the same host and port (CSP level 3).
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
  ].join('; ')
}

export const createNonce = (): string => randomBytes(16).toString('base64')

/** One year; browsers then refuse plain http for this host, so only where https is known to work. */
const hstsMaxAgeS = 31_536_000

export async function registerSecurityHeaders(app: FastifyInstance, publicUrl: URL | null): Promise<void> {
  await app.register(helmet, {
    global: true,
    // Written below: the page's nonce is in it, and only some answers have one.
    contentSecurityPolicy: false,
    hsts: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  })
  const plain = contentSecurityPolicy(null)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', plain)
    reply.header('permissions-policy', 'camera=(), microphone=(), geolocation=(self), payment=()')
    if (isHttps(request, publicUrl)) reply.header('strict-transport-security', `max-age=${hstsMaxAgeS}`)
  })
}
