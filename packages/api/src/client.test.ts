import { expect, test } from 'vitest'
import { ApiError, createClient } from './client.ts'

/** A body that begins and ends with the request's signal, as that of `fetch` does. */
const beginning = (signal: AbortSignal) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"user":'))
      signal.addEventListener('abort', () => controller.error(signal.reason))
    },
  })

const asking = (response: Response, signal?: AbortSignal) =>
  createClient('', async () => response).call('getSession', signal ? { signal } : {})

test('a call that is aborted while its answer is on the way fails; it does not say that there is nothing', async () => {
  const aborting = new AbortController()
  const asked = asking(new Response(beginning(aborting.signal)), aborting.signal)
  setTimeout(() => aborting.abort(), 10)
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
})

test('the page of a hotel that says 200 is no answer', async () => {
  await expect(asking(new Response('<h1>Welcome to our network</h1>'))).rejects.toThrow(SyntaxError)
})

test('a refusal without a reason is a refusal', async () => {
  const asked = asking(new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(asked).rejects.toThrow(ApiError)
  await expect(asked).rejects.toMatchObject({ problem: { status: 502, code: 'unreadable_answer' } })
})

test('the answer of a machine in between is none of ours, whatever JSON it writes', async () => {
  for (const body of [{ message: 'upstream timed out' }, { status: 200, code: 'x' }, [], 'no', null])
    await expect(asking(Response.json(body, { status: 504 }))).rejects.toMatchObject({
      problem: { status: 504, code: 'unreadable_answer' },
    })
})

test('a refusal has the status that it came with', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Gone',
    status: 200,
    detail: 'It is gone.',
    code: 'not_found',
  }
  await expect(asking(Response.json(problem, { status: 404 }))).rejects.toMatchObject({
    problem: { ...problem, status: 404 },
  })
})

test('what no machine in between lets pass is named', async () => {
  const page = (status: number) => asking(new Response('<h1>No</h1>', { status }))
  for (const status of [411, 413, 414, 415, 431])
    await expect(page(status)).rejects.toMatchObject({ problem: { status, code: 'stopped_on_the_way' } })
  // The sign-in pages of networks, behind which the server may well be.
  for (const status of [400, 401, 403, 404, 405, 407, 511])
    await expect(page(status)).rejects.toMatchObject({ problem: { status, code: 'unreadable_answer' } })
})
