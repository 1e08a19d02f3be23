import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { SourceError } from './source-failure.ts'

export interface HttpsQuestion {
  readonly address: string
  readonly port: number
  readonly path: string
  /** With the leading slash; a body makes it a POST of JSON. */
  readonly body?: object
  readonly authorization?: string
  readonly tls: {
    readonly authorityPem: string
    readonly certificatePem: string
    readonly privateKeyPem: string
  }
  readonly signal: AbortSignal
}

export interface HttpsAnswer {
  readonly status: number
  readonly text: string
  /** Until when the certificate that was shown is valid, Unix milliseconds. */
  readonly certificateEndsMs: number
}

/** HAProxy's and etcd's answers are a few kilobytes: more is something else. */
const largestAnswerChars = 4 * 1024 * 1024

/**
 * One question over TLS on a connection of its own, with the operator's certificate. The other side is verified
 * against the cluster's authority and for the address that was asked.
 *
 * @throws Node's error when there is no connection; SourceError for an answer too large
 */
export function askHttps(question: HttpsQuestion): Promise<HttpsAnswer> {
  const { address, port, path, body, authorization, tls, signal } = question
  const content = body === undefined ? null : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: address,
        port,
        path,
        method: content === null ? 'GET' : 'POST',
        ca: tls.authorityPem,
        cert: tls.certificatePem,
        key: tls.privateKeyPem,
        // A kept connection to a machine that went silent would answer for it.
        agent: false,
        signal,
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(content === null
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
          if (text.length > largestAnswerChars)
            response.destroy(new SourceError('bad_answer', 'an answer of more than 4 MB'))
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, certificateEndsMs: certificateEndsMs ?? 0 }),
        )
      },
    )
    let certificateEndsMs: number | null = null
    call.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        if (!('getPeerCertificate' in socket)) return
        const shown = (socket as TLSSocket).getPeerCertificate()
        certificateEndsMs = Date.parse(shown.valid_to)
      })
    })
    call.on('error', reject)
    call.end(content ?? undefined)
  })
}

/**
 * The text of an answer with status 200.
 *
 * @throws SourceError denied for 401 and 403, bad_answer for any other
 */
export function acceptedText({ status, text }: HttpsAnswer): string {
  if (status === 200) return text
  if (status === 401 || status === 403)
    throw new SourceError('denied', `it does not let us in (HTTP ${status})`)
  throw new SourceError('bad_answer', `it answered HTTP ${status}: ${text.slice(0, 120).trim()}`)
}
