import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@fleet/cluster'
import { afterEach, expect, test } from 'vitest'
import { sendUntilSettled } from './persistent-request.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that gives these answers in turn, the last one again and again. */
async function serve(...answers: readonly Answer[]) {
  const seen: { key: string | undefined; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      seen.push({ key: request.headers['idempotency-key'] as string | undefined, body })
      answers[Math.min(seen.length, answers.length) - 1]!(request, response)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = (givingUp = new AbortController().signal) =>
    sendUntilSettled({ method: 'POST', url, body: { a: 1 }, idempotencyKey: 'k' }, systemClock, givingUp)
  return { seen, send }
}

const answer =
  (status: number, body: object): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const cut: Answer = (request) => request.socket.destroy()

test('what was answered is done', async () => {
  const { send } = await serve(answer(200, { version: 3 }))
  expect(await send()).toEqual({ end: 'done', body: { version: 3 }, tries: {} })
})

test('it is sent again, unchanged and under the same key, through every temporary failure', async () => {
  const { send, seen } = await serve(
    answer(503, { code: 'database_unavailable' }),
    cut,
    answer(503, { code: 'outcome_unknown' }),
    answer(200, {}),
  )
  expect(await send()).toEqual({
    end: 'done',
    body: {},
    tries: { '503 database_unavailable': 1, UND_ERR_SOCKET: 1, '503 outcome_unknown': 1 },
  })
  expect(new Set(seen.map(({ key, body }) => `${key} ${body}`))).toEqual(new Set(['k {"a":1}']))
})

test('a refusal is not repeated', async () => {
  const { send, seen } = await serve(answer(409, { code: 'impossible_step', detail: 'It is delivered.' }))
  expect(await send()).toEqual({
    end: 'refused',
    code: 'impossible_step',
    detail: 'It is delivered.',
    tries: {},
  })
  expect(seen).toHaveLength(1)
})

test('one that is given up stays open, with what it met', async () => {
  const giveUp = new AbortController()
  const { send } = await serve((_, response) => {
    giveUp.abort()
    response.writeHead(503).end('{"code":"busy"}')
  })
  expect(await send(giveUp.signal)).toMatchObject({ end: 'open' })
})
