import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Bounds } from './bounds.ts'
import { headerBytes, renderDirectories, type TileEntry, tileIdOf } from './pmtiles-directory.ts'

export interface PackedTiles {
  readonly tiles: number
  readonly bytes: number
  readonly minZoom: number
  readonly maxZoom: number
}

interface TileRow {
  readonly zoom_level: number
  readonly tile_column: number
  readonly tile_row: number
}

const gzip = 2
const vectorTiles = 1
/** Tile data begin behind the room for header and root directory, so that they can be written as they come. */
const dataOffset = 16_384

/**
 * Packs the tiles of an MBTiles file into a PMTiles archive; null when there is none. Not safe against a crash: nobody
 * may know of the file before this has ended.
 *
 * @throws whatever the file system throws
 */
export async function packTiles(
  mbtiles: string,
  output: string,
  bounds: Bounds,
  onShare: (share: number) => void,
  stop: AbortSignal,
): Promise<PackedTiles | null> {
  const db = new DatabaseSync(mbtiles, { readOnly: true })
  const file = openSync(output, 'wx', 0o600)
  try {
    const rows = db
      .prepare('SELECT zoom_level, tile_column, tile_row FROM tiles')
      .all() as unknown as TileRow[]
    if (rows.length === 0) return null
    const tiles = rows
      .map((row) => {
        // MBTiles counts rows from the south, everybody else from the north.
        const y = 2 ** row.zoom_level - 1 - row.tile_row
        return { row, id: tileIdOf(row.zoom_level, row.tile_column, y) }
      })
      .sort((a, b) => a.id - b.id)
    const bytesOf = db.prepare(
      'SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?',
    )
    const data = new TileData(file)
    for (const [i, { row, id }] of tiles.entries()) {
      if (i % 200 === 0) {
        onShare(i / tiles.length)
        // Lets Ctrl-C be heard.
        await setImmediate()
        stop.throwIfAborted()
      }
      const { tile_data } = bytesOf.get(row.zoom_level, row.tile_column, row.tile_row) as {
        tile_data: Uint8Array
      }
      data.add(id, tile_data)
    }
    const zooms = rows.map(({ zoom_level }) => zoom_level)
    const packed = {
      tiles: rows.length,
      minZoom: zooms.reduce((least, zoom) => Math.min(least, zoom)),
      maxZoom: zooms.reduce((most, zoom) => Math.max(most, zoom)),
    }
    return { ...packed, bytes: finish(file, data, readMetadata(db), bounds, packed) }
  } finally {
    closeSync(file)
    db.close()
  }
}

/** Tile data as they are appended: the same bytes are written once (water is the same everywhere). */
class TileData {
  readonly entries: TileEntry[] = []
  readonly #file: number
  readonly #known = new Map<string, { readonly offset: number; readonly length: number }>()
  length = 0

  constructor(file: number) {
    this.#file = file
  }

  get contents(): number {
    return this.#known.size
  }

  add(tileId: number, tile: Uint8Array): void {
    const bytes = tile[0] === 0x1f && tile[1] === 0x8b ? tile : gzipSync(tile)
    const key = createHash('sha256').update(bytes).digest('base64')
    let place = this.#known.get(key)
    if (place === undefined) {
      place = { offset: this.length, length: bytes.length }
      this.#known.set(key, place)
      writeAll(this.#file, bytes, dataOffset + this.length)
      this.length += bytes.length
    }
    const last = this.entries.at(-1)
    if (last !== undefined && last.offset === place.offset && last.tileId + last.runLength === tileId)
      this.entries[this.entries.length - 1] = { ...last, runLength: last.runLength + 1 }
    else this.entries.push({ tileId, ...place, runLength: 1 })
  }
}

/** @returns the length of the whole archive */
function finish(
  file: number,
  data: TileData,
  metadata: unknown,
  bounds: Bounds,
  { tiles, minZoom, maxZoom }: Omit<PackedTiles, 'bytes'>,
): number {
  const { root, leaves } = renderDirectories(data.entries)
  const packedMetadata = gzipSync(JSON.stringify(metadata))
  const leavesOffset = dataOffset + data.length
  const metadataOffset = leavesOffset + leaves.length
  const header = Buffer.alloc(headerBytes)
  header.write('PMTiles', 0, 'latin1')
  header[7] = 3
  const numbers = [
    headerBytes,
    root.length,
    metadataOffset,
    packedMetadata.length,
    leavesOffset,
    leaves.length,
    dataOffset,
    data.length,
    tiles,
    data.entries.length,
    data.contents,
  ]
  for (const [i, value] of numbers.entries()) header.writeBigUInt64LE(BigInt(value), 8 + i * 8)
  // Clustered: tiles lie in the file in the order of the curve.
  for (const [i, value] of [1, gzip, gzip, vectorTiles, minZoom, maxZoom].entries()) header[96 + i] = value
  const [west, south, east, north] = bounds
  const e7 = (degrees: number, at: number) => header.writeInt32LE(Math.round(degrees * 1e7), at)
  for (const [i, degrees] of bounds.entries()) e7(degrees, 102 + i * 4)
  header[118] = Math.min(maxZoom, Math.max(minZoom, 12))
  e7((west + east) / 2, 119)
  e7((south + north) / 2, 123)
  writeAll(file, leaves, leavesOffset)
  writeAll(file, packedMetadata, metadataOffset)
  writeAll(file, Buffer.concat([header, root]), 0)
  return metadataOffset + packedMetadata.length
}

/** Names of the layers and their attributes, as tilemaker wrote them (MBTiles 1.3, `json`). */
function readMetadata(db: DatabaseSync): unknown {
  const row = db.prepare("SELECT value FROM metadata WHERE name = 'json'").get() as
    | { value: string }
    | undefined
  const { vector_layers = [] } = (row === undefined ? {} : JSON.parse(row.value)) as {
    vector_layers?: unknown[]
  }
  return {
    name: 'Amsterdam Bike Fleet',
    attribution: '© OpenStreetMap contributors',
    vector_layers,
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
}
