import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { backends, type TestBackend } from '../../testing/backends.ts'
import { cookieOf, json, openTestServer, type TestServer } from '../../testing/test-server.ts'

describe.each(backends)('a server for one window, on %s', (_name, openBackend) => {
  let backend: TestBackend
  let server: TestServer
  const launchToken = randomBytes(32).toString('hex')

  beforeAll(async () => {
    backend = await openBackend()
    return () => backend.stop()
  }, 60_000)
  afterEach(() => server.close())

  const openServer = async () => {
    server = await openTestServer(await backend.open(), { launchToken })
  }
  const launch = (token: string, cookie = '') =>
    server.fetch(`/launch/${token}`, { redirect: 'manual', headers: { cookie } })
  const status = async (path: string, cookie = '') =>
    (await server.fetch(path, { headers: { cookie, accept: 'text/html' } })).status
  const followLink = async (landing: string, cookie: string) => {
    const token = landing.slice(landing.lastIndexOf('/') + 1)
    return cookieOf(await server.fetch('/api/session/link', json({ token }, { cookie })))
  }

  test('refuses whoever lacks the token, but not trackers', async () => {
    await openServer()
    for (const path of [
      '/',
      '/api/session',
      '/healthz',
      '/metrics',
      '/api/docs',
      '/assets/app.js',
      '/nothing',
    ])
      expect([path, await status(path)]).toEqual([path, path === '/api/session' ? 401 : 403])
    expect(await status('/', 'fleet_launch=wrong')).toBe(403)
    expect(await status('/ingest/osmand?id=nobody&lat=52&lon=4')).toBe(400)
    expect((await launch(randomBytes(32).toString('hex'))).status).toBe(403)
    const live = new WebSocket(`${server.url.replace('http', 'ws')}/api/live`)
    expect(await new Promise((resolve) => live.once('error', resolve))).toMatchObject({
      message: expect.stringMatching(/40[13]/),
    })
  })

  test('gives the window a cookie, once, and a server that is started again knows it', async () => {
    await openServer()
    const opened = await launch(launchToken)
    expect(opened.status).toBe(303)
    expect(opened.headers.getSetCookie()[0]).toMatch(
      /^fleet_launch=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const cookie = cookieOf(opened)
    expect(await status('/', cookie)).toBe(200)
    expect((await launch(launchToken, cookie)).status).toBe(403)
    await server.close()
    await openServer()
    expect(await status('/', cookie)).toBe(200)
  })

  test('signs the owner in at the first start, and leaves alone who is signed in', async () => {
    await openServer()
    const opened = await launch(launchToken)
    const landing = opened.headers.get('location')!
    expect(landing).toMatch(/^\/#\/link\/[A-Za-z0-9_-]{43}$/)
    const session = await followLink(landing, cookieOf(opened))
    expect(await status('/api/session', `${cookieOf(opened)}; ${session}`)).toBe(200)

    // Started again within the launch, over the same store.
    const again = await openTestServer(server.store, { launchToken })
    const second = await fetch(`${again.url}/launch/${launchToken}`, {
      redirect: 'manual',
      headers: { cookie: session },
    })
    expect(second.headers.get('location')).toBe('/')
    await again.close()
  })

  test('a window that was signed out stays so, also on a server that was started again, until the program is', async () => {
    await openServer()
    const jar = new Map<string, string>()
    const keep = (response: Response) => {
      for (const each of response.headers.getSetCookie()) {
        const [name, value] = each.split(';')[0]!.split('=') as [string, string]
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return response
    }
    const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const land = async (url = server.url, path = '/launch') =>
      keep(await fetch(`${url}${path}`, { redirect: 'manual', headers: { cookie: cookie() } })).headers.get(
        'location',
      )!
    const follow = async (landing: string) =>
      keep(
        await server.fetch(
          '/api/session/link',
          json({ token: landing.split('/').at(-1) }, { cookie: cookie() }),
        ),
      )
    await follow(await land(server.url, `/launch/${launchToken}`))
    expect(await land()).toBe('/')
    // Without having left, and without a password, the owner is let in again: nobody else could be.
    jar.delete('fleet_session')
    await follow(await land())
    const left = keep(await server.fetch('/api/session', { method: 'DELETE', headers: { cookie: cookie() } }))
    expect(left.status).toBe(204)
    expect([...jar.keys()]).not.toContain('fleet_session')
    expect(await land()).toBe('/')

    const again = await openTestServer(server.store, { launchToken })
    expect(await land(again.url)).toBe('/')
    await again.close()
  })

  test('who has a password types it, when the launch has let somebody in already', async () => {
    await openServer()
    const opened = await launch(launchToken)
    expect(opened.headers.get('location')).toMatch(/^\/#\/link\//)
    await server.addUser('boss', 'admin')
    const cookie = opened.headers.getSetCookie().map((each) => each.split(';')[0]!)
    const again = await server.fetch('/launch', {
      redirect: 'manual',
      headers: { cookie: cookie.join('; ') },
    })
    expect(again.headers.get('location')).toBe('/')
  })

  test('asks who it is on a database with colleagues, and not on the own one', async () => {
    await openServer()
    await server.addUser('boss', 'admin')
    const landing = (await launch(launchToken)).headers.get('location')
    if (backend.name === 'postgres') expect(landing).toBe('/')
    else expect(landing).toMatch(/^\/#\/link\//)
  })
})
