import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Desk, exitCodeOf } from '../testing/desktop-app.ts'
import { until } from '../../fleet/testing/fleet-command.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => desk.clear())

const pictures = join(import.meta.dirname, '../test-results')
const keepPicture = (name: string, png: Buffer) => {
  mkdirSync(pictures, { recursive: true })
  writeFileSync(join(pictures, `${name}.png`), png)
}

const running = (kind: 'shell' | 'server') => desk.processes().filter((each) => each.kind === kind)

test('the first start signs in by itself and shows the map; nobody else is let in', async () => {
  const window = await desk.open()
  keepPicture('first-start', await window.untilMapPainted())
  await window.untilText('AMS-0001')
  const { origin } = new URL(await window.url())
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await window.run('return (await (await fetch("/api/session")).json()).user.name')).toBe('owner')
  expect((await fetch(origin, { headers: { accept: 'text/html' } })).status).toBe(403)
  await desk.close(window)
  expect(desk.log()).toContain('Stopped')
})

test('a delivery is still there after a restart, at the same address', async () => {
  const first = await desk.open()
  await first.untilText('AMS-0001')
  const code = await first.run<string>(
    `const hourMs = 3_600_000
     const stop = (address, fromMs) =>
       ({ address, point: { lat: 52.3731, lon: 4.8922 }, window: { fromMs, toMs: fromMs + hourMs }, contact: '', note: '' })
     const body = { pickup: stop('Keuken', Date.now()), dropoff: stop('Herstartstraat 1', Date.now() + hourMs) }
     const response = await fetch('/api/deliveries', {
       method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
     })
     return (await response.json()).code`,
  )
  await first.run('localStorage.setItem("kept", "yes")')
  const address = new URL(await first.url()).origin
  await desk.close(first)

  const second = await desk.open()
  await second.untilText('AMS-0001')
  expect(new URL(await second.url()).origin).toBe(address)
  expect(await second.run('return localStorage.getItem("kept")')).toBe('yes')
  await second.run(`location.hash = '#/deliveries?d=${code}'`)
  await second.untilText('Herstartstraat 1')
  await desk.close(second)
})

test('a server that dies is started again under the page that is open', async () => {
  const window = await desk.open()
  await window.untilText('AMS-0001')
  await window.run('window.neverReloaded = true')
  const [server] = running('server')
  process.kill(server!.pid, 'SIGKILL')
  await until(
    'the page reaches a new server',
    async () => {
      const isReady = await window.run<boolean>('return (await fetch("/readyz")).ok').catch(() => false)
      return isReady && running('server').some(({ pid }) => pid !== server!.pid) ? true : null
    },
    60_000,
  )
  expect(await window.run('return window.neverReloaded')).toBe(true)
  expect(await window.run('return (await fetch("/api/session")).status')).toBe(200)
  await desk.close(window)
})

test('a second start brings the first window forward and ends', async () => {
  const window = await desk.open()
  await window.untilText('AMS-0001')
  const second = desk.start()
  expect(await exitCodeOf(second)).toBe(0)
  expect([running('shell').length, running('server').length]).toEqual([1, 1])
  await desk.close(window)
})

test.each(['SIGKILL', 'SIGTERM'] as const)('no process outlives a shell that ends by %s', async (signal) => {
  const shell = desk.start()
  await until('the server runs', () => (running('server').length === 1 ? true : null), 60_000)
  // Ready or not: the server has to notice while it starts, too.
  shell.kill(signal)
  await desk.untilNothingRuns()
})

test('no process outlives a shell that is killed at work', async () => {
  const window = await desk.open()
  await window.untilText('AMS-0001')
  process.kill(running('shell')[0]!.pid, 'SIGKILL')
  await desk.untilNothingRuns()
  await window.end()
})

test('a server that is too busy to notice ends with a shell that is killed', async () => {
  const shell = desk.start()
  const [server] = await until(
    'the server runs',
    () => {
      const found = running('server')
      return found.length === 1 ? found : null
    },
    60_000,
  )
  process.kill(server!.pid, 'SIGSTOP')
  shell.kill('SIGKILL')
  await desk.untilNothingRuns()
})
