import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { AppError } from '@fleet/domain'
import type { Store } from '@fleet/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, type TestServer } from '../../testing/test-server.ts'

let backend: TestBackend
let server: TestServer
let root: string
const script = 'export default 1 // '.padEnd(2000, 'x')

beforeAll(async () => {
  backend = await sqliteBackend()
  root = mkdtempSync(join(tmpdir(), 'fleet-web-'))
  const web = join(root, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), 'secret')
  writeFileSync(join(web, '.env'), 'secret')
  writeFileSync(
    join(web, 'index.html'),
    '<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>',
  )
  writeFileSync(join(web, 'icon.svg'), '<svg/>')
  writeFileSync(join(web, 'assets/app-1a2b3c.js'), script)
  writeFileSync(join(web, 'assets/app-1a2b3c.js.gz'), gzipSync(script))
  server = await openTestServer(await backend.open(), { webRoot: web })
})
afterAll(async () => {
  await server.close()
  await backend.stop()
  rmSync(root, { recursive: true })
})

const page = (path: string) => server.fetch(path, { headers: { accept: 'text/html,*/*;q=0.8' } })

describe('the page of the app', () => {
  test('has a nonce of its own each time, and a policy that names it', async () => {
    const nonces = []
    for (const path of ['/', '/index.html', '/deliveries/42']) {
      const response = await page(path)
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache'])
      const nonce = /content="([^"]+)"/.exec(await response.text())![1]!
      expect(response.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
      nonces.push(nonce)
    }
    expect(new Set(nonces).size).toBe(3)
  })

  test('may load nothing from elsewhere and be framed by nobody', async () => {
    const policy = (await page('/')).headers.get('content-security-policy')!
    for (const directive of [
      "default-src 'self'",
      "script-src 'self'",
      "worker-src 'self' blob:",
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split('; ')).toContain(directive)
    expect(policy).not.toContain('unsafe')
  })

  test('is not given to programs, and not for addresses of the API', async () => {
    expect((await server.fetch('/deliveries/42', { headers: { accept: 'application/json' } })).status).toBe(
      404,
    )
    const api = await page('/api/nothing')
    expect([api.status, api.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  })
})

describe('files', () => {
  test('with a hash in their name are kept for ever, others are asked for again', async () => {
    const hashed = await server.fetch('/assets/app-1a2b3c.js')
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await hashed.text()).toBe(script)
    const icon = await server.fetch('/icon.svg')
    expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'public, max-age=0'])
    const again = await raw('/icon.svg', { 'if-none-match': icon.headers.get('etag')! })
    expect(again.status).toBe(304)
  })

  test('are sent as they were compressed when the app was built', async () => {
    const { headers, body } = await raw('/assets/app-1a2b3c.js', { 'accept-encoding': 'gzip' })
    expect([headers['content-encoding'], headers['content-type']]).toEqual([
      'gzip',
      'application/javascript; charset=utf-8',
    ])
    expect(gunzipSync(body).toString()).toBe(script)
  })

  test.each([
    '/assets/app-old.js',
    '/.env',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/icon.svg%00.txt',
    '//etc/passwd.txt',
  ])('%s is not there', async (path) => {
    const { status, body } = await raw(path, { accept: '*/*' })
    expect([400, 403, 404]).toContain(status)
    expect(body.toString()).not.toContain('secret\n')
    expect(JSON.parse(body.toString())).toMatchObject({ status })
  })
})

test('the app is there while the database is away', async () => {
  const store = await backend.open()
  const away: Store = {
    ...store,
    findSession: () => Promise.reject(new AppError('database_unavailable', 'away')),
  }
  const other = await openTestServer(away, { webRoot: join(root, 'web') })
  const headers = { cookie: `fleet_session=${'x'.repeat(43)}`, accept: 'text/html' }
  for (const path of ['/', '/deliveries/42', '/icon.svg', '/assets/app-1a2b3c.js'])
    expect([path, (await other.fetch(path, { headers })).status]).toEqual([path, 200])
  expect((await other.fetch('/api/bikes', { headers })).status).toBe(503)
  await other.close()
})

test('a server without a built app says how to build it', async () => {
  const bare = await openTestServer(await backend.open(), { webRoot: null })
  const response = await bare.fetch('/')
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('npm run build -w apps/web')
  await bare.close()
})

/** Without `fetch`, which tidies paths and unpacks bodies. */
function raw(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: new URL(server.url).port, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}
