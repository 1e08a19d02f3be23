import { open } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { AppError } from '@fleet/domain'

/** How an extract is written, in the words of osmium's `--input-format`. */
export type ExtractFormat = 'pbf' | 'osm' | 'osm.gz'

const headBytes = 64 * 1024
const fix = 'Take an extract that covers Amsterdam, as .osm.pbf, .osm or .osm.gz.'

/**
 * What a file is by its first bytes; its name counts for nothing.
 *
 * @throws AppError not_found, or usage for what is no extract
 */
export async function readExtractFormat(file: string): Promise<ExtractFormat> {
  const head = await readHead(file)
  if (head.length === 0) throw new AppError('usage', `${file} is empty.`, { fix })
  // Length of the first blob's header, then the header: its first field is the type (OSM wiki, "PBF Format").
  if (head.subarray(4, 15).equals(Buffer.from('\n\tOSMHeader', 'latin1'))) return 'pbf'
  const isZipped = head[0] === 0x1f && head[1] === 0x8b
  const text = (isZipped ? unzipHead(head) : head).toString('utf8')
  if (/<osmChange[\s>]/.test(text))
    throw new AppError('usage', `${file} holds changes between two days (.osc), not a map.`, { fix })
  if (/<osm[\s>]/.test(text)) return isZipped ? 'osm.gz' : 'osm'
  throw new AppError('usage', `${file} is not an OpenStreetMap extract.`, { fix })
}

async function readHead(file: string): Promise<Buffer> {
  try {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError(
      'not_found',
      code === 'ENOENT'
        ? `There is no file ${file}.`
        : code === 'EISDIR'
          ? `${file} is a folder.`
          : `${file} cannot be read.`,
      { cause, fix: 'Check the path and who may read it.' },
    )
  }
}

function unzipHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * 1024 * 1024 })
  } catch {
    return Buffer.alloc(0)
  }
}
