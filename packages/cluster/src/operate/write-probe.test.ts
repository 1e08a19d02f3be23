import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from './operation.ts'
import { createWriteProbe } from './write-probe.ts'

/** A busy machine may take ten times as long as a quiet one. */
const patient = { timeout: 30_000 }

let server: Server | null = null
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
  server = null
})

/** @returns its port */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    // Read and forgotten: who does not read does not see the end either.
    socket.resume()
    socket.on('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const probeOf = (port: number) =>
  createWriteProbe({
    connection: { host: '127.0.0.1', port, user: 'fleet_app', password: 'x', database: 'bike_fleet' },
    clock: systemClock,
  })

test('beside a connection that went silent others are opened, a limited number of them, and all end with the probe', async () => {
  let connections = 0
  const port = await listen(() => (connections += 1))
  const probe = probeOf(port)
  await expect.poll(() => connections, patient).toBeGreaterThan(24)
  await expect.poll(() => sockets.size, patient).toBeLessThan(16)
  expect(await probe.acknowledged(1, 10)).toBe(false)
  expect((await probe.stop()).acknowledgedMs).toEqual([])
  await expect.poll(() => sockets.size, patient).toBe(0)
})

test('connections that are refused are tried again and told', async () => {
  const port = await listen((socket) => socket.destroy())
  const probe = probeOf(port)
  const failures = () => [...probe.history.errors.values()].reduce((sum, count) => sum + count, 0)
  await expect.poll(failures, patient).toBeGreaterThan(3)
  await probe.stop()
  const before = failures()
  expect(await probe.acknowledged(1, 50)).toBe(false)
  expect(failures()).toBe(before)
})
