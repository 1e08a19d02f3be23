import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mostAddressesAtOnce } from '@fleet/api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { publishTestMap, testTiles } from '../../testing/imported-map.ts'
import { openTestServer, type TestServer } from '../../testing/test-server.ts'
import { removeMap, withMapLock } from '../map/index.ts'

let backend: TestBackend
let folder: string
let server: TestServer
let cookie: string

beforeAll(async () => {
  backend = await sqliteBackend()
})
afterAll(() => backend.stop())
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'fleet-map-')), 'fleet-map')
  server = await openTestServer(await backend.open(), { mapFolder: folder })
  await server.addUser('anna', 'courier')
  cookie = await server.signIn('anna')
})
afterEach(async () => {
  await server.close()
  rmSync(join(folder, '..'), { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}) =>
  server.fetch(path, { headers: { cookie, ...headers } })
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())
const api = () => server.client(cookie)
const search = (q: string) => api().call('searchAddresses', { query: { q } })

test('without an import there is none, and streets are the app’s own', async () => {
  expect(await api().call('getMap', {})).toEqual({ imported: null })
  const { source, items } = await search('prinsengr 263')
  expect(source).toBe('shipped')
  expect(items[0]).toMatchObject({ kind: 'street', label: 'Prinsengracht, Amsterdam', houseNumber: null })
})

test('an import while the app runs counts at the next question, and so does its removal', async () => {
  const { source, sourceBytes: _, ...rest } = await publishTestMap(folder, 'map-1')
  const { imported } = await api().call('getMap', {})
  expect(imported).toEqual({
    id: 'map-1',
    importedAtMs: rest.importedAtMs,
    source,
    bounds: rest.bounds,
    minZoom: 9,
    maxZoom: 16,
    addresses: 3,
  })
  expect(await search('prinsengr 263')).toMatchObject({
    source: 'imported',
    items: [
      {
        kind: 'address',
        label: 'Prinsengracht 263, 1016 GV Amsterdam',
        street: 'Prinsengracht',
        houseNumber: '263',
        postcode: '1016GV',
        place: 'Amsterdam',
      },
      { houseNumber: '263-H' },
    ],
  })
  expect((await search('1016gv 265')).items.map(({ label }) => label)).toEqual([
    'Prinsengracht 265, 1016 GV Amsterdam',
  ])
  expect((await search('jordaan')).items[0]).toMatchObject({ kind: 'place', label: 'Jordaan', place: null })

  await publishTestMap(folder, 'map-2')
  expect((await api().call('getMap', {})).imported?.id).toBe('map-2')
  expect((await get('/api/map/tiles/map-1')).status).toBe(404)
  expect((await search('prinsengr 263')).source).toBe('imported')

  await withMapLock(folder, async () => removeMap(folder))
  expect(await api().call('getMap', {})).toEqual({ imported: null })
  expect((await get('/api/map/tiles/map-2')).status).toBe(404)
  expect((await search('prinsengr 263')).source).toBe('shipped')
})

test('what an extract of one part does not know, the app’s own map may', async () => {
  await publishTestMap(folder, 'map-1')
  expect(await search('rozengracht')).toMatchObject({
    source: 'shipped',
    items: [{ label: 'Rozengracht, Amsterdam' }],
  })
})

test('many addresses are looked up in one request, and found as one at a time', async () => {
  await publishTestMap(folder, 'map-1')
  const texts = ['prinsengr 263', 'rozengracht', '', 'nergens 5', '1016gv 265']
  await server.addUser('bram', 'dispatcher')
  const dispatcher = server.client(await server.signIn('bram'))
  const { items } = await dispatcher.call('lookUpAddresses', { body: { texts } })
  const single = await Promise.all(texts.map(async (text) => (await search(text)).items))
  expect(items).toEqual(single)
  expect(items.map(({ length }) => length > 0)).toEqual([true, true, false, false, true])
  await expect(
    dispatcher.call('lookUpAddresses', {
      body: { texts: Array.from({ length: mostAddressesAtOnce + 1 }, () => 'dam') },
    }),
  ).rejects.toMatchObject({ problem: { status: 400 } })
})

test('a search says what is wrong with it', async () => {
  for (const query of ['', '?q=a&limit=0', '?q=a&limit=51', '?q=a&lang=nl', `?q=${'x'.repeat(201)}`])
    expect([query, (await get(`/api/addresses${query}`)).status]).toEqual([query, 400])
  expect((await search('')).items).toEqual([])
})

describe('the tiles', () => {
  beforeEach(async () => void (await publishTestMap(folder, 'map-1')))
  const tiles = '/api/map/tiles/map-1'

  test('need a session', async () => {
    expect((await server.fetch(tiles)).status).toBe(401)
    expect((await server.fetch('/api/map')).status).toBe(401)
    expect((await server.fetch('/api/addresses?q=dam')).status).toBe(401)
  })

  test('are read in ranges', async () => {
    for (const [range, from, to] of [
      ['bytes=0-126', 0, 126],
      ['bytes=300-599', 300, 599],
      ['bytes=990-2000', 990, 999],
      ['bytes=-10', 990, 999],
      ['bytes=999-', 999, 999],
    ] as const) {
      const response = await get(tiles, { range })
      expect([range, response.status, response.headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${from}-${to}/1000`,
      ])
      expect(response.headers.get('content-length')).toBe(String(to - from + 1))
      expect(await bytes(response)).toEqual(testTiles.subarray(from, to + 1))
    }
    const beyond = await get(tiles, { range: 'bytes=1000-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1000'])
  })

  test('may be kept: what is at this address never changes', async () => {
    const response = await get(tiles)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/vnd.pmtiles'])
    expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(response.headers.get('accept-ranges')).toBe('bytes')
    expect(await bytes(response)).toEqual(testTiles)
    expect(await statusIfNoneMatch(tiles, response.headers.get('etag')!)).toBe(304)
  })

  test.each(['map-2', '..%2f..%2fcurrent.json', '..', 'map-1%2faddresses.db', 'map-1%00'])(
    'are nothing else of the folder: %s',
    async (id) => expect([400, 403, 404]).toContain((await get(`/api/map/tiles/${id}`)).status),
  )

  test('that vanish under the running app are a 404, and there is no map any more', async () => {
    expect((await get(tiles)).status).toBe(200)
    rmSync(join(folder, 'map-1'), { recursive: true })
    expect((await get(tiles, { range: 'bytes=0-9' })).status).toBe(404)
  })
})

test('a broken map folder is said once and the app draws its own map', async () => {
  await publishTestMap(folder, 'map-1')
  writeFileSync(join(folder, 'current.json'), '{"id": 7}')
  for (let i = 0; i < 3; i++) expect(await api().call('getMap', {})).toEqual({ imported: null })
  const said = server.logged.filter((line) => line.includes('The imported map cannot be used'))
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('current.json')
})

test('addresses that cannot be read leave the tiles and the app’s own streets', async () => {
  await publishTestMap(folder, 'map-1')
  writeFileSync(join(folder, 'map-1', 'addresses.db'), 'no database')
  expect((await search('prinsengracht')).source).toBe('shipped')
  expect((await search('prinsengracht')).source).toBe('shipped')
  expect(server.logged.filter((line) => line.includes('addresses of the imported map'))).toHaveLength(1)
  expect((await get('/api/map/tiles/map-1')).status).toBe(200)
})

/** Without `fetch`, which adds a header that forbids the answer "unchanged". */
function statusIfNoneMatch(path: string, etag: string): Promise<number | undefined> {
  const headers = { cookie, 'if-none-match': etag }
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
