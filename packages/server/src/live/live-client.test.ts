import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { LiveClient } from './live-client.ts'

/** A socket whose peer takes bytes only when the test says so. */
function makeSocket() {
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    pings: 0,
    isTerminated: false,
    ping: () => (socket.pings += 1),
    terminate: () => (socket.isTerminated = true),
    send: (bytes: Uint8Array) => (socket.bufferedAmount += bytes.byteLength),
  }
  return socket
}

function connectClient() {
  const socket = makeSocket()
  const client = new LiveClient(socket as unknown as WebSocket, async () => true, 0)
  return { socket, client }
}

test('a peer that answers no ping is ended after half a minute', () => {
  const { socket, client } = connectClient()
  for (const nowMs of [10_000, 20_000, 30_000]) client.probe(nowMs)
  expect([socket.pings, socket.isTerminated]).toEqual([3, false])
  client.probe(40_000)
  expect(socket.isTerminated).toBe(true)
})

test('a peer that answers stays', () => {
  const { socket, client } = connectClient()
  for (let nowMs = 10_000; nowMs < 200_000; nowMs += 10_000) {
    client.probe(nowMs)
    client.heard(nowMs)
  }
  expect(socket.isTerminated).toBe(false)
})

test('a peer behind a slow link, whose pings wait in line, stays while it takes bytes', () => {
  const { socket, client } = connectClient()
  client.send(new Uint8Array(100_000), true)
  let nowMs = 0
  for (; nowMs < 90_000; nowMs += 10_000) {
    socket.bufferedAmount -= 5_000
    client.probe(nowMs)
  }
  expect(socket.isTerminated).toBe(false)
  // Then it takes nothing more.
  for (; nowMs < 140_000; nowMs += 10_000) client.probe(nowMs)
  expect(socket.isTerminated).toBe(true)
})

test('a client with unsent bytes gets no more positions, and later no more changes', () => {
  const { client } = connectClient()
  expect([client.mayTakePositions, client.mayTakeChanges]).toEqual([true, true])
  client.send(new Uint8Array(200_000), true)
  expect([client.mayTakePositions, client.mayTakeChanges]).toEqual([false, true])
  client.send(new Uint8Array(1_000_000), false)
  expect([client.mayTakePositions, client.mayTakeChanges]).toEqual([false, false])
})
