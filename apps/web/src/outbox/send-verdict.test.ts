import { createClient } from '@fleet/api'
import { expect, test } from 'vitest'
import { verdictOf } from './send-verdict.ts'

/** What a call comes to that is answered so. */
const verdictOn = async (status: number, body: string) =>
  createClient('', async () => new Response(body, { status }))
    .call('getSession', {})
    .catch(verdictOf)

const page = '<h1>Welcome</h1>'
const ours = (status: number, code: string) =>
  JSON.stringify({ type: 'about:blank', title: '', status, detail: '', code })

test.each([401, 403, 404, 405, 407, 511, 502, 504])(
  'a page that says %i is that of a network or a proxy: later, and nobody is signed out',
  async (status) => {
    expect(await verdictOn(status, page)).toMatchObject({ is: 'later' })
  },
)

test.each([500, 502, 503, 504])('a %i with JSON that is not ours may have been done', async (status) => {
  expect(await verdictOn(status, '{"message":"upstream timed out"}')).toMatchObject({ is: 'later' })
})

test('what is too large for a machine in between never passes', async () => {
  expect(await verdictOn(413, page)).toMatchObject({ is: 'refused', problem: { status: 413 } })
})

test('the server itself refuses, knows nobody, or is away', async () => {
  expect(await verdictOn(404, ours(404, 'not_found'))).toMatchObject({ is: 'refused' })
  expect(await verdictOn(401, ours(401, 'not_signed_in'))).toEqual({ is: 'signed-out' })
  expect(await verdictOn(429, ours(429, 'too_many_requests'))).toMatchObject({ is: 'later' })
  expect(await verdictOn(503, ours(503, 'database_unavailable'))).toMatchObject({ is: 'later' })
})
