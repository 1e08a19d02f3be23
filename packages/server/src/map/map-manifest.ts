import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { importedMap } from '@fleet/api'
import { z } from 'zod'

/*
 * The map folder:
 *
 *   current.json    which map is the current one; replaced in one step, so that there is always a whole one
 *   ID/             a map: never changed once current.json names it
 *   work-ID/        a map that is being made, or what is left of one that was not finished
 *   lock.db         held by the one process that imports or removes
 */

/** What current.json says of the current map. */
export const mapManifest = importedMap.extend({
  sourceBytes: z.int(),
  tiles: z.int(),
  tilesBytes: z.int(),
  streets: z.int(),
  addressesBytes: z.int(),
})
export type MapManifest = z.infer<typeof mapManifest>

export const manifestFile = (folder: string): string => join(folder, 'current.json')
export const lockFile = (folder: string): string => join(folder, 'lock.db')
export const mapDirectory = (folder: string, id: string): string => join(folder, id)
export const workDirectory = (folder: string, id: string): string => join(folder, `work-${id}`)
/** Vector tiles, PMTiles 3. */
export const tilesName = 'tiles.pmtiles'
/** Streets and doors, SQLite: see `address-index.ts`. */
export const addressesName = 'addresses.db'

export type ReadManifest =
  | { readonly state: 'none' }
  | { readonly state: 'current'; readonly manifest: MapManifest }
  /** Somebody or something else wrote it, or its files are gone. */
  | { readonly state: 'broken'; readonly message: string }

/** Reads which map is the current one, and whether its files are there. */
export function readManifest(folder: string): ReadManifest {
  const file = manifestFile(folder)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? { state: 'none' } : { state: 'broken', message }
  }
  const parsed = mapManifest.safeParse(parseJson(text))
  if (!parsed.success) return { state: 'broken', message: `${file} is not one that "fleet map import" wrote` }
  for (const name of [tilesName, addressesName]) {
    const part = join(mapDirectory(folder, parsed.data.id), name)
    if (!existsSync(part)) return { state: 'broken', message: `${part} is missing` }
  }
  return { state: 'current', manifest: parsed.data }
}

/** What changes whenever current.json is replaced or removed; null when there is none. */
export function manifestStamp(folder: string): string | null {
  const stat = statSync(manifestFile(folder), { throwIfNoEntry: false })
  return stat === undefined ? null : `${stat.ino} ${stat.mtimeMs} ${stat.size}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
