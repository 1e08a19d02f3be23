import { AppError } from '@fleet/domain'
import { findProgram } from '../cluster/find-program.ts'

export interface MapPrograms {
  readonly tilemaker: string
  readonly osmium: string
}

const packages = { tilemaker: 'tilemaker', osmium: 'osmium-tool' } as const

/**
 * Where the programs are that an import needs.
 *
 * @throws AppError not_found with the command that installs what is missing
 */
export async function findMapPrograms(path: string): Promise<MapPrograms> {
  const tilemaker = await findProgram('tilemaker', path)
  const osmium = await findProgram('osmium', path)
  if (tilemaker !== null && osmium !== null) return { tilemaker, osmium }
  const missing = [
    ...(tilemaker === null ? [packages.tilemaker] : []),
    ...(osmium === null ? [packages.osmium] : []),
  ]
  throw new AppError(
    'not_found',
    `Importing a map needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed.`,
    {
      fix: `On Debian, as root: apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    },
  )
}
