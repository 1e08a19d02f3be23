import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AppError } from '@fleet/domain'
import { panBounds } from '@fleet/domain/amsterdam'
import {
  addressesName,
  createWorkDirectory,
  type IndexedHouse,
  type MapManifest,
  publishMap,
  tilesName,
  withMapLock,
  workDirectory,
  writeAddressIndex,
} from '@fleet/server/map'
import { AddressBook } from './address-book.ts'
import { type Bounds, intersection, isWithin } from './bounds.ts'
import { diskFullError, isDiskFull } from './disk-full.ts'
import { readExtractFormat } from './extract-format.ts'
import { cutExtract, exportAddresses, type Extract, inspectExtract, sortExtract } from './osmium.ts'
import { packTiles } from './pmtiles-archive.ts'
import type { MapPrograms } from './programs.ts'
import { ProgramError } from './run-program.ts'
import { makeTiles } from './tilemaker.ts'

/** The steps of an import, in order, and how much of its time each takes. */
export const importSteps = {
  read: { share: 0.1, says: 'reading the extract' },
  sort: { share: 0.1, says: 'putting it in order' },
  cut: { share: 0.1, says: 'cutting out Amsterdam' },
  tiles: { share: 0.4, says: 'drawing tiles' },
  pack: { share: 0.1, says: 'packing tiles' },
  addresses: { share: 0.2, says: 'listing addresses' },
} as const
export type ImportStep = keyof typeof importSteps

export interface MapImport {
  readonly file: string
  /** See `map-manifest.ts` of the server. */
  readonly folder: string
  readonly programs: MapPrograms
  readonly nowMs: number
  readonly randomBytes: (count: number) => Uint8Array
  /** @param share of this step that is done, 0 to 1 */
  readonly report: (step: ImportStep, share: number) => void
  readonly stop: AbortSignal
}

export interface ImportedExtract {
  readonly manifest: MapManifest
  /** The extract reached further than the app shows; what is beyond was left out. */
  readonly isCut: boolean
  /** Addresses without a street or a number. */
  readonly skippedAddresses: number
}

/**
 * Makes an extract the map and the address index of the app.
 *
 * All of it is made in a folder that nobody reads and becomes the current map by one rename at the very end: if
 * anything fails before, or the process dies, the map that was there stays as it is.
 *
 * @throws AppError not_found, usage, database_locked, storage_failed; the reason of `stop`
 */
export async function importMap(work: MapImport): Promise<ImportedExtract> {
  const { file, folder, programs, report, stop } = work
  report('read', 0)
  const format = await readExtractFormat(file)
  const extract = await inspectExtract(programs.osmium, file, format, stop)
  return withMapLock(folder, async () => {
    const id = createMapId(work)
    try {
      const directory = createWorkDirectory(folder, id)
      const made = await makeMap(work, extract, id, directory)
      publishMap(folder, made.manifest)
      return made
    } catch (error) {
      rmSync(workDirectory(folder, id), { recursive: true, force: true, maxRetries: 5 })
      throw explain(error, folder)
    }
  })
}

/** Makes what a full or forbidden disk and a failed program throw into words; anything else is a bug and stays one. */
function explain(error: unknown, folder: string): unknown {
  if (isDiskFull(error) || (error instanceof ProgramError && isDiskFull(error.said)))
    return diskFullError(folder, error)
  const isFromSystem = error instanceof Error && 'syscall' in error
  if (!(error instanceof ProgramError) && !isFromSystem) return error
  return new AppError('storage_failed', `The map could not be made: ${error.message}`, {
    cause: error,
    fix: 'The map that was there is unchanged. Check free memory, disk space and permissions, and try again.',
  })
}

async function makeMap(
  { file, programs, nowMs, report, stop }: MapImport,
  extract: Extract,
  id: string,
  directory: string,
): Promise<ImportedExtract> {
  const scratch = join(directory, 'scratch')
  mkdirSync(scratch)
  const { input, bounds, isCut } = await prepare(extract, scratch, programs.osmium, report, stop)

  report('tiles', 0)
  const mbtiles = join(scratch, 'tiles.mbtiles')
  await makeTiles(programs.tilemaker, input, bounds, mbtiles, (share) => report('tiles', share), stop)
  const tiles = await packTiles(
    mbtiles,
    join(directory, tilesName),
    bounds,
    (share) => report('pack', share),
    stop,
  )
  if (tiles === null)
    throw new AppError('usage', `${file} has nothing to draw: no road, no water, no building.`, {
      fix: 'Take a whole extract, not one that was filtered.',
    })

  report('addresses', 0)
  const book = new AddressBook()
  await exportAddresses(programs.osmium, input, scratch, (line) => book.addLine(line), stop)
  const indexFile = join(directory, addressesName)
  const counts = { streets: 0, addresses: 0 }
  writeAddressIndex(indexFile, counting(book, counts))
  rmSync(scratch, { recursive: true })

  const manifest: MapManifest = {
    id,
    importedAtMs: nowMs,
    source: basename(file),
    sourceBytes: statSync(file).size,
    bounds: [...bounds],
    minZoom: tiles.minZoom,
    maxZoom: tiles.maxZoom,
    tiles: tiles.tiles,
    tilesBytes: tiles.bytes,
    streets: counts.streets,
    addresses: counts.addresses,
    addressesBytes: statSync(indexFile).size,
  }
  return { manifest, isCut, skippedAddresses: book.skipped }
}

/** The extract as a sorted .osm.pbf of no more than what the app shows. */
async function prepare(
  extract: Extract,
  scratch: string,
  osmium: string,
  report: MapImport['report'],
  stop: AbortSignal,
): Promise<{ readonly input: string; readonly bounds: Bounds; readonly isCut: boolean }> {
  let input: string
  if (extract.format === 'pbf' && extract.isSorted) {
    // Both programs go by the name.
    input = join(scratch, 'extract.osm.pbf')
    symlinkSync(resolve(extract.file), input)
  } else {
    report('sort', 0)
    input = join(scratch, 'sorted.osm.pbf')
    await sortExtract(osmium, extract, input, stop)
  }
  if (isWithin(extract.bounds, panBounds)) return { input, bounds: extract.bounds, isCut: false }
  report('cut', 0)
  const bounds = intersection(extract.bounds, panBounds) ?? panBounds
  const cut = join(scratch, 'cut.osm.pbf')
  await cutExtract(osmium, input, bounds, cut, stop)
  return { input: cut, bounds, isCut: true }
}

function* counting(book: AddressBook, counts: { streets: number; addresses: number }) {
  for (const [street, houses] of book.streets()) {
    counts.streets += 1
    counts.addresses += houses.length
    yield [street, houses] as const satisfies readonly [unknown, readonly IndexedHouse[]]
  }
}

/** Sorts by time, and two imports in one second differ. */
function createMapId({ nowMs, randomBytes }: MapImport): string {
  const time = new Date(nowMs)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .toLowerCase()
  return `map-${time}-${Buffer.from(randomBytes(4)).toString('hex')}`
}
