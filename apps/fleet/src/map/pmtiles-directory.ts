import { gzipSync } from 'node:zlib'

/*
 * PMTiles 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md): a header, directories and tiles in one
 * file, laid out so that a reader needs a few ranges of it only.
 */

/** Where the bytes of a run of tiles are. */
export interface TileEntry {
  readonly tileId: number
  /** From the beginning of the tile data. */
  readonly offset: number
  readonly length: number
  /** So many tiles from `tileId` on are these bytes; 0 marks a leaf directory. */
  readonly runLength: number
}

/** Place of a tile on the Hilbert curve through all tiles of its zoom, after those of every lower zoom. */
export function tileIdOf(zoom: number, x: number, y: number): number {
  let id = 0
  for (let below = 0; below < zoom; below++) id += 4 ** below
  let [column, row] = [x, y]
  for (let half = 2 ** (zoom - 1); half >= 1; half /= 2) {
    const right = Math.floor(column / half) % 2
    const down = Math.floor(row / half) % 2
    id += half * half * ((3 * right) ^ down)
    column %= half
    row %= half
    if (down === 0) {
      if (right === 1) [column, row] = [half - 1 - column, half - 1 - row]
      ;[column, row] = [row, column]
    }
  }
  return id
}

/** Entries in order of `tileId`, column by column as varints, gzipped. */
export function renderDirectory(entries: readonly TileEntry[]): Buffer {
  const bytes: number[] = []
  const varint = (value: number) => {
    let rest = value
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80)
      rest = Math.floor(rest / 0x80)
    }
    bytes.push(rest)
  }
  varint(entries.length)
  let last = 0
  for (const { tileId } of entries) {
    varint(tileId - last)
    last = tileId
  }
  for (const { runLength } of entries) varint(runLength)
  for (const { length } of entries) varint(length)
  for (const [i, { offset }] of entries.entries()) {
    const before = entries[i - 1]
    // 0: right behind the one before.
    varint(before !== undefined && offset === before.offset + before.length ? 0 : offset + 1)
  }
  return gzipSync(Buffer.from(bytes), { level: 9 })
}

export const headerBytes = 127
/** Header and root directory must lie in the first 16 KiB. */
export const rootBytes = 16_384 - headerBytes

/** A root directory that fits, and the leaves that it points to where one directory would be too large. */
export function renderDirectories(entries: readonly TileEntry[]): {
  readonly root: Buffer
  readonly leaves: Buffer
} {
  const whole = renderDirectory(entries)
  if (whole.length <= rootBytes) return { root: whole, leaves: Buffer.alloc(0) }
  for (let leafSize = 4_096; ; leafSize *= 2) {
    const leaves: Buffer[] = []
    const pointers: TileEntry[] = []
    let offset = 0
    for (let from = 0; from < entries.length; from += leafSize) {
      const leaf = renderDirectory(entries.slice(from, from + leafSize))
      pointers.push({ tileId: entries[from]!.tileId, offset, length: leaf.length, runLength: 0 })
      leaves.push(leaf)
      offset += leaf.length
    }
    const root = renderDirectory(pointers)
    if (root.length <= rootBytes) return { root, leaves: Buffer.concat(leaves) }
  }
}
