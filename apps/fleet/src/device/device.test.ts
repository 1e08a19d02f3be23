import type { NetworkInterfaceInfo } from 'node:os'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trackerId as trackerIdSchema } from '@fleet/api'
import { expect, test } from 'vitest'
import { ownTracksSettings } from './owntracks.ts'
import { guessLanAddress, phoneAddress } from './phone-address.ts'
import { renderQrCode, writeQrPng } from './qr-code.ts'
import { courierReporting, traccarClientSettings } from './traccar-client.ts'
import { createTrackerId, drawLetters } from './tracker-id.ts'

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
})
const interfaces = {
  lo: [ipv4('127.0.0.1', true)],
  docker0: [ipv4('172.17.0.1')],
  wlan0: [ipv4('192.168.1.20')],
}

test('tracker ids cannot be guessed, are never the same, and are safe in URLs', () => {
  const ids = new Set(Array.from({ length: 1_000 }, () => createTrackerId(randomBytes)))
  expect(ids.size).toBe(1_000)
  for (const id of ids) {
    expect(trackerIdSchema.safeParse(id).success).toBe(true)
    expect(id).toMatch(/^[2-9a-hjkmnp-twxyz]{18}$/)
  }
  // 29 letters.
  expect(18 * Math.log2(29)).toBeGreaterThan(80)
})

test('letters are drawn evenly', () => {
  const counts = new Map<string, number>()
  for (const letter of drawLetters(29_000, randomBytes)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  expect(counts.size).toBe(29)
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200)
})

test('the address for phones is one of a real network', () => {
  expect(guessLanAddress(interfaces)).toBe('192.168.1.20')
  expect(guessLanAddress({ eth0: [ipv4('203.0.113.7')], eth1: [ipv4('10.1.2.3')] })).toBe('10.1.2.3')
  expect(guessLanAddress({ lo: interfaces.lo })).toBeNull()
})

test('an app that keeps to this machine is called unreachable, with what to set', () => {
  const hidden = phoneAddress({ host: '127.0.0.1', port: 5055, variable: 'FLEET_HOST' }, interfaces)
  expect(hidden.url).toBe('http://192.168.1.20:5055')
  expect(hidden.warning).toMatch(/a phone cannot reach it[^]*FLEET_HOST=0\.0\.0\.0/)
  expect(phoneAddress({ host: '0.0.0.0', port: 5055, variable: 'X' }, interfaces)).toEqual({
    url: 'http://192.168.1.20:5055',
    warning: null,
  })
  expect(phoneAddress({ host: '10.9.8.7', port: 1, variable: 'X' }, interfaces).url).toBe('http://10.9.8.7:1')
})

test('the link of Traccar Client is the server address with settings, quick enough for couriers', () => {
  const { link } = traccarClientSettings('http://192.168.1.20:5055', 'abc')
  const url = new URL(link)
  expect(url.origin).toBe('http://192.168.1.20:5055')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    id: 'abc',
    accuracy: 'high',
    distance: '10',
    interval: '5',
    fastest_interval: '5',
    angle: '30',
    heartbeat: '60',
    buffer: 'true',
  })
  expect(new URL(traccarClientSettings('http://h:8484/ingest/osmand', 'abc').link).pathname).toBe(
    '/ingest/osmand',
  )
})

test('the link of OwnTracks holds its configuration', () => {
  const { link, file } = ownTracksSettings(
    'http://h:8484/ingest/owntracks',
    'abc',
    's3cret',
    courierReporting,
  )
  const inline = new URL(link).searchParams.get('inline')!
  const configuration = JSON.parse(Buffer.from(inline, 'base64').toString('utf8')) as unknown
  expect(configuration).toEqual(JSON.parse(file))
  expect(configuration).toMatchObject({
    _type: 'configuration',
    mode: 3,
    auth: true,
    username: 'abc',
    password: 's3cret',
    monitoring: 2,
  })
})

test('the code on the screen is square, quiet at its edge, and black on white where colours are', () => {
  const plain = renderQrCode('http://192.168.1.20:5055/?id=abc', false).split('\n')
  expect(new Set(plain.map((line) => line.length)).size).toBe(1)
  expect(Math.abs(plain.length * 2 - plain[0]!.length)).toBeLessThanOrEqual(1)
  // Light modules are drawn, and the edge is light.
  expect(plain[0]).toMatch(/^█+$/)
  expect(renderQrCode('x', true)).toContain('\u001b[30;107m')
})

test('a code in a file is for its owner only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-qr-'))
  try {
    const file = join(folder, 'code.png')
    await writeQrPng('http://h:5055/?id=abc', file)
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
    expect(statSync(file).mode & 0o077).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
