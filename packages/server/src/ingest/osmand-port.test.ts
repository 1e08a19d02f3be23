import { connect } from 'node:net'
import { AppError } from '@fleet/domain'
import { expect, onTestFinished, test } from 'vitest'
import {
  addTrackedBike,
  countHistory,
  gateAppends,
  openSqliteFleet,
  quietLog,
  recentMs,
  startIngest,
} from './fleet-fixture.ts'
import { openOsmAndPort } from './osmand-port.ts'
import { waitFor } from '../../testing/wait-for.ts'

async function openPort() {
  const gate = gateAppends(await openSqliteFleet())
  const { no } = await addTrackedBike(gate.store, 'bike-1')
  const ingest = await startIngest(gate.store)
  const port = await openOsmAndPort(ingest, {
    host: '127.0.0.1',
    port: 0,
    log: quietLog,
    timeZone: 'Europe/Amsterdam',
  })
  onTestFinished(() => port.close())
  return { gate, no, port, ingest, url: `http://127.0.0.1:${port.port}` }
}

const place = 'lat=52.373&lon=4.8925'

test('positions are taken on any path, by GET and by POST', async () => {
  const { gate, no, url } = await openPort()
  const timeMs = recentMs()
  const requests: [string, RequestInit][] = [
    [`/?id=bike-1&${place}&timestamp=${timeMs}`, {}],
    [`/any/path?id=bike-1&${place}&timestamp=${timeMs + 1}`, {}],
    [`/?id=bike-1&${place}&timestamp=${timeMs + 2}`, { method: 'POST' }],
    ['/', { method: 'POST', body: new URLSearchParams(`id=bike-1&${place}&timestamp=${timeMs + 3}`) }],
  ]
  for (const [path, init] of requests) {
    const response = await fetch(`${url}${path}`, init)
    expect([response.status, await response.text()]).toEqual([200, ''])
  }
  expect(await countHistory(gate.store, no)).toBe(4)
})

test('what cannot be taken is said in one line', async () => {
  const { url, gate } = await openPort()
  const cases: [string, RequestInit, number][] = [
    ['/', {}, 400],
    [`/?id=nobody&${place}`, {}, 400],
    ['/', { method: 'POST', body: '{"device_id":"nobody","location":{}}' }, 400],
    [
      '/',
      {
        method: 'POST',
        body: '{"device_id":"nobody","location":{}}',
        headers: { 'content-type': 'application/json' },
      },
      404,
    ],
    [`/?id=bike-1&${place}`, { method: 'DELETE' }, 405],
    ['/', { method: 'POST', body: 'x'.repeat(65_537) }, 413],
    ['/', { method: 'POST', body: 'x', headers: { 'content-encoding': 'gzip' } }, 415],
  ]
  for (const [path, init, status] of cases) {
    const response = await fetch(`${url}${path}`, init)
    expect([path, init, response.status]).toEqual([path, init, status])
    expect((await response.text()).trimEnd()).toMatch(/^[^\n]+$/)
  }
  gate.failure = new AppError('database_unavailable', 'away')
  const away = await fetch(`${url}/?id=bike-1&${place}`)
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2'])
})

test('bytes that are no HTTP and a sender that goes away harm nobody', async () => {
  const { url, port } = await openPort()
  const send = (bytes: string) =>
    new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(port.port, '127.0.0.1', () => socket.end(bytes))
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('close', () => resolve(text))
    })
  expect(await send('\u0016\u0003\u0001 hello\r\n\r\n')).toContain('400 Bad Request')
  expect(await send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nid=bike-1&')).not.toContain(
    '200',
  )
  expect((await fetch(`${url}/?id=bike-1&${place}`)).status).toBe(200)
})

test('closing answers what came and takes no more', async () => {
  const { url, port, gate } = await openPort()
  // A kept connection must not hold the close.
  await fetch(`${url}/?id=bike-1&${place}`)
  gate.shut()
  const inFlight = fetch(`${url}/?id=bike-1&${place}`)
  await waitFor(() => expect(gate.sizes).toHaveLength(2))
  const closed = port.close()
  gate.open()
  expect((await inFlight).status).toBe(200)
  await closed
  await expect(fetch(`${url}/?id=bike-1&${place}`)).rejects.toThrow('fetch failed')
})

test('a port that is taken is named', async () => {
  const { port, ingest } = await openPort()
  await expect(
    openOsmAndPort(ingest, { host: '127.0.0.1', port: port.port, log: quietLog }),
  ).rejects.toMatchObject({ code: 'address_in_use', message: expect.stringContaining(String(port.port)) })
})
