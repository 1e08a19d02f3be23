import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from '@fleet/cluster/error'
import { type DrillFolder, drillFolder } from './history/drill-folder.ts'

/** Where the folders of all runs are. */
export const drillHome = (env: Readonly<Record<string, string | undefined>>): string =>
  env['FLEET_DRILLS']?.trim() || '/var/lib/amsterdam-bike-fleet/drills'

/** The folder of a run that begins now: its name sorts by time. */
export function newDrillFolder(home: string, drill: string, nowMs: number): DrillFolder {
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '')
  return drillFolder(join(home, `${time}-${drill}`))
}

/** Folders of all runs, oldest first. */
export function listDrillFolders(home: string): readonly DrillFolder[] {
  if (!existsSync(home)) return []
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(home, entry.name, 'drill.json')))
    .map(({ name }) => drillFolder(join(home, name)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * The folder that a person means: a path, the name of a folder, the name of a drill (its newest run), or null for the newest
 * run of all.
 *
 * @throws ClusterError drill_not_found
 */
export function findDrillFolder(home: string, what: string | null): DrillFolder {
  if (what !== null && existsSync(join(what, 'drill.json'))) return drillFolder(what)
  const found = listDrillFolders(home).findLast(
    ({ path }) => what === null || path.endsWith(`/${what}`) || isRunOf(path, what),
  )
  if (found) return found
  throw new ClusterError(
    'drill_not_found',
    what === null ? `No drill was run yet: ${home} holds none.` : `There is no run "${what}" in ${home}.`,
  )
}

const isRunOf = (path: string, drill: string) =>
  path.slice(path.lastIndexOf('/') + 1).slice('2026-01-01T000000-'.length) === drill
