import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@fleet/domain'
import { mapBounds } from '@fleet/domain/amsterdam'
import { type Bounds, boundsText, intersection } from './bounds.ts'
import type { ExtractFormat } from './extract-format.ts'
import { ProgramError, runProgram } from './run-program.ts'

/** An extract that was read once from beginning to end. */
export interface Extract {
  readonly file: string
  readonly format: ExtractFormat
  readonly bounds: Bounds
  readonly isSorted: boolean
  readonly counts: { readonly nodes: number; readonly ways: number; readonly relations: number }
}

/** What `osmium fileinfo --extended --json` says, as far as we read it (osmium-fileinfo(1)). */
interface FileInfo {
  readonly header?: { readonly boxes?: readonly (readonly number[])[] }
  readonly data?: {
    readonly bbox?: readonly number[] | null
    readonly objects_ordered?: boolean
    readonly multiple_versions?: boolean | string
    readonly count?: Extract['counts']
  }
}

/**
 * Reads the whole extract once, so that what is wrong with it is said before anything is made of it.
 *
 * @throws AppError usage when it is damaged, empty, of another region or not of one moment
 */
export async function inspectExtract(
  osmium: string,
  file: string,
  format: ExtractFormat,
  stop: AbortSignal,
): Promise<Extract> {
  let info: FileInfo
  try {
    const args = ['fileinfo', '--extended', '--json', '--no-progress', `--input-format=${format}`, file]
    info = JSON.parse(await runProgram(osmium, args, { stop })) as FileInfo
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    // What it makes of a bounding box around nothing.
    if (error.said.includes('Invalid location')) throw emptyError(file, error)
    throw new AppError('usage', `${file} is damaged or was not downloaded to its end: ${error.said}`, {
      cause: error,
      fix: 'Download or copy it again.',
    })
  }
  const counts = { nodes: 0, ways: 0, relations: 0, ...info.data?.count }
  const bounds = readBox(info.header?.boxes?.[0]) ?? readBox(info.data?.bbox)
  if (counts.nodes === 0 || bounds === null) throw emptyError(file)
  if (info.data?.multiple_versions === true || info.data?.multiple_versions === 'yes')
    throw new AppError('usage', `${file} holds the history of the map, not the map of one moment.`, {
      fix: 'Take an extract of the current data (.osm.pbf, not .osh.pbf).',
    })
  if (intersection(bounds, mapBounds) === null)
    throw new AppError(
      'usage',
      `${file} covers ${boundsText(bounds)}, and nothing of Amsterdam (${boundsText(mapBounds)}).`,
      { fix: 'Take an extract that covers Amsterdam, such as one of the province of Noord-Holland.' },
    )
  return { file, format, bounds, isSorted: info.data?.objects_ordered === true, counts }
}

const emptyError = (file: string, cause?: unknown) =>
  new AppError('usage', `${file} holds no map: there is not one point in it.`, {
    cause,
    fix: 'Take an extract that covers Amsterdam.',
  })

function readBox(box: readonly number[] | null | undefined): Bounds | null {
  if (box?.length !== 4 || !box.every((value) => Number.isFinite(value))) return null
  const [west, south, east, north] = box as unknown as Bounds
  return west <= east && south <= north && Math.abs(south) <= 90 && Math.abs(north) <= 90
    ? [west, south, east, north]
    : null
}

/** Nodes, then ways, then relations, each by number, as .osm.pbf: the order that tilemaker reads. */
export async function sortExtract(
  osmium: string,
  { file, format }: Extract,
  output: string,
  stop: AbortSignal,
): Promise<void> {
  await runProgram(
    osmium,
    ['sort', '--strategy=multipass', '--no-progress', `--input-format=${format}`, `--output=${output}`, file],
    { stop },
  )
}

/** What is inside the bounds; lakes and woods that reach across them stay whole. @param input a sorted .osm.pbf */
export async function cutExtract(
  osmium: string,
  input: string,
  bounds: Bounds,
  output: string,
  stop: AbortSignal,
): Promise<void> {
  const box = `--bbox=${bounds.join(',')}`
  await runProgram(
    osmium,
    [
      'extract',
      box,
      '--strategy=smart',
      '--set-bounds',
      '--no-progress',
      '--input-format=pbf',
      `--output=${output}`,
      input,
    ],
    { stop },
  )
}

const exportConfig = {
  attributes: {},
  linear_tags: ['highway'],
  area_tags: true,
  include_tags: [
    'addr:city',
    'addr:housenumber',
    'addr:place',
    'addr:postcode',
    'addr:street',
    'highway',
    'name',
    'place',
  ],
}

/**
 * Everything with an address, every street and every named place, one GeoJSON feature a line.
 *
 * @param scratch a folder for what lies between
 */
export async function exportAddresses(
  osmium: string,
  input: string,
  scratch: string,
  onFeature: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const filtered = join(scratch, 'addresses.osm.pbf')
  const config = join(scratch, 'export.json')
  await runProgram(
    osmium,
    [
      'tags-filter',
      '--no-progress',
      `--output=${filtered}`,
      input,
      'nwr/addr:housenumber',
      'w/highway',
      'nwr/place',
    ],
    { stop },
  )
  await writeFile(config, JSON.stringify(exportConfig))
  await runProgram(
    osmium,
    ['export', '--no-progress', `--config=${config}`, '--output-format=geojsonseq', '--output=-', filtered],
    { stop, onLine: onFeature },
  )
}
