import type { FastifyReply, FastifyRequest } from 'fastify'

export const sessionCookie = 'fleet_session'

/**
 * Out of reach of scripts, never sent along by other sites, and over https only where the request came that way:
 * browsers drop a Secure cookie on plain http, and the desktop app and a first try are plain http on loopback.
 */
export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  expiresAtMs: number,
  secure: boolean,
): void {
  void reply.setCookie(sessionCookie, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    expires: new Date(expiresAtMs),
  })
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  void reply.clearCookie(sessionCookie, { path: '/', httpOnly: true, sameSite: 'strict', secure })
}

/** Whether people reach the app by https: the request says so, or a proxy in front that is configured does. */
export const isHttps = (request: FastifyRequest, publicUrl: URL | null): boolean =>
  request.protocol === 'https' || publicUrl?.protocol === 'https:'
