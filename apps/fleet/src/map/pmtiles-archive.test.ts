import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { PMTiles, type RangeResponse, type Source, zxyToTileId } from 'pmtiles'
import { afterAll, expect, test } from 'vitest'
import { packTiles } from './pmtiles-archive.ts'
import { renderDirectories, rootBytes, tileIdOf } from './pmtiles-directory.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-pmtiles-'))
afterAll(() => rmSync(folder, { recursive: true }))
const bounds = [4.73, 52.28, 5.05, 52.43] as const
const going = new AbortController().signal
let files = 0

interface Tile {
  readonly zoom: number
  readonly x: number
  readonly y: number
  readonly text: string
}

async function pack(tiles: readonly Tile[]) {
  const mbtiles = join(folder, `${(files += 1)}.mbtiles`)
  const output = join(folder, `${files}.pmtiles`)
  const db = new DatabaseSync(mbtiles)
  db.exec(`
    CREATE TABLE metadata (name TEXT, value TEXT);
    CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
    CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);
    INSERT INTO metadata VALUES ('json', '{"vector_layers":[{"id":"roads","fields":{}}]}');
    BEGIN;
  `)
  const add = db.prepare('INSERT INTO tiles VALUES (?, ?, ?, ?)')
  for (const { zoom, x, y, text } of tiles) add.run(zoom, x, 2 ** zoom - 1 - y, gzipSync(text))
  db.exec('COMMIT')
  db.close()
  return { output, packed: await packTiles(mbtiles, output, bounds, () => {}, going) }
}

/** The file as a browser would read it. */
class FileSource implements Source {
  readonly #bytes: Buffer
  constructor(file: string) {
    this.#bytes = readFileSync(file)
  }
  getKey = () => 'test'
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    const { buffer, byteOffset } = this.#bytes
    return { data: (buffer as ArrayBuffer).slice(byteOffset + offset, byteOffset + offset + length) }
  }
}

test('a tile has the id that the format’s own library gives it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(), fc.nat(), (zoom, x, y) => {
      const [column, row] = [x % 2 ** zoom, y % 2 ** zoom]
      expect(tileIdOf(zoom, column, row)).toBe(zxyToTileId(zoom, column, row))
    }),
  )
})

test('what was packed is read back by the library that browsers use, and nothing else is there', async () => {
  const tile = fc.record({
    zoom: fc.integer({ min: 0, max: 6 }),
    x: fc.nat(63),
    y: fc.nat(63),
    text: fc.constantFrom('water', 'water', 'a', 'b', 'street'.repeat(50)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(tile, { minLength: 1, maxLength: 60 }), async (drawn) => {
      const within = drawn.map((each) => ({
        ...each,
        x: each.x % 2 ** each.zoom,
        y: each.y % 2 ** each.zoom,
      }))
      const tiles = [...new Map(within.map((each) => [`${each.zoom}/${each.x}/${each.y}`, each])).values()]
      const { output, packed } = await pack(tiles)
      const archive = new PMTiles(new FileSource(output))
      const header = await archive.getHeader()
      expect(packed).toMatchObject({ tiles: tiles.length, minZoom: header.minZoom, maxZoom: header.maxZoom })
      expect(packed!.bytes).toBe(readFileSync(output).length)
      expect([header.minLon, header.minLat, header.maxLon, header.maxLat]).toEqual([...bounds])
      expect([header.numAddressedTiles, header.numTileContents]).toEqual([
        tiles.length,
        new Set(tiles.map(({ text }) => text)).size,
      ])
      for (const { zoom, x, y, text } of tiles)
        expect(Buffer.from((await archive.getZxy(zoom, x, y))!.data).toString()).toBe(text)
      const known = new Set(tiles.map(({ zoom, x, y }) => `${zoom}/${x}/${y}`))
      for (const { zoom, x, y } of [...Array(64).keys()].map((i) => ({ zoom: 3, x: i % 8, y: i >> 3 })))
        if (!known.has(`${zoom}/${x}/${y}`)) expect(await archive.getZxy(zoom, x, y)).toBeUndefined()
      expect(await archive.getMetadata()).toMatchObject({
        attribution: '© OpenStreetMap contributors',
        vector_layers: [{ id: 'roads' }],
      })
    }),
    { numRuns: 25 },
  )
})

test('a city of tiles, whose directory is too large for one, is read back through its leaves', async () => {
  const tiles = Array.from({ length: 22_000 }, (_, i) => ({
    zoom: 8,
    x: i % 256,
    y: Math.floor(i / 256),
    text: unevenText(i),
  }))
  const { output, packed } = await pack(tiles)
  const archive = new PMTiles(new FileSource(output))
  expect((await archive.getHeader()).leafDirectoryLength).toBeGreaterThan(0)
  expect(packed?.tiles).toBe(22_000)
  for (const i of [0, 1, 255, 256, 12_345, 21_999])
    expect(Buffer.from((await archive.getZxy(8, i % 256, Math.floor(i / 256)))!.data).toString()).toBe(
      tiles[i]!.text,
    )
})

test('the root directory always fits where readers look for it', () => {
  // Lengths that compress badly.
  const entries = Array.from({ length: 60_000 }, (_, i) => ({
    tileId: i * 3,
    offset: i * 70_000 + ((i * 7_919) % 1_000),
    length: 1 + ((i * 104_729) % 65_536),
    runLength: 1,
  }))
  const { root, leaves } = renderDirectories(entries)
  expect(root.length).toBeLessThanOrEqual(rootBytes)
  expect(leaves.length).toBeGreaterThan(0)
  expect(gunzipSync(root).length).toBeGreaterThan(0)
})

test('no tiles are no archive', async () => {
  expect((await pack([])).packed).toBeNull()
})

test('packing can be stopped', async () => {
  const stop = AbortSignal.abort()
  const { output } = await pack([{ zoom: 1, x: 0, y: 0, text: 'a' }])
  await expect(
    packTiles(output.replace('.pmtiles', '.mbtiles'), `${output}.again`, bounds, () => {}, stop),
  ).rejects.toBe(stop.reason)
})

/** Texts whose lengths compress badly, as those of real tiles do. */
function unevenText(i: number): string {
  const digest = createHash('sha512').update(String(i)).digest()
  return digest.toString('hex').slice(0, 8 + (digest[0]! % 120))
}
