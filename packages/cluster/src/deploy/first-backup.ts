import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { z } from 'zod'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { Steps } from './steps.ts'

const minuteMs = 60_000
/** A first copy of terabytes takes its time; the timer's would too. */
const backupTimeoutMs = 24 * 60 * minuteMs

// Of `pgbackrest info --output=json` only what tells whose backups these are; pgbackrest-info.ts reads the rest.
const info = z.array(
  z.object({
    name: z.string(),
    status: z.object({ code: z.number(), message: z.string() }),
    db: z.array(z.object({ id: z.number(), 'system-id': z.string() })).default([]),
    backup: z.array(z.object({ type: z.string(), database: z.object({ id: z.number() }) })).default([]),
  }),
)

export interface BackupInput {
  readonly spec: ClusterSpec
  readonly shell: HostShell
  readonly steps: Steps
  readonly signal: AbortSignal
}

/** What the repository has of this very database, told from others by PostgreSQL's system identifier. */
interface Repository {
  /** `older`: of a database that had the stanza before and is no more. */
  readonly stanza: 'missing' | 'older' | 'ours'
  readonly fullBackups: number
}

/**
 * Makes the repository ready: the stanza, a check that WAL arrives there, and a full backup when there is none.
 * What is there already is left alone, also backups of a database that had the stanza before: pgBackRest keeps them
 * beside, until their retention ends.
 *
 * @param systemIdentifier of the database: 64-bit number in decimal
 * @throws ClusterError command_failed with pgBackRest's own words
 */
export async function prepareBackups(
  { spec, shell, steps, signal }: BackupInput,
  systemIdentifier: string,
): Promise<void> {
  const [host] = hostsWith(spec, 'backup')
  if (!host) return
  const { stanza } = spec.backup
  const run = async (...words: string[]): Promise<string> => {
    const done = await shell.run(host, ['pgbackrest', `--stanza=${stanza}`, ...words], {
      user: 'postgres',
      timeoutMs: 5 * minuteMs,
      signal,
    })
    if (done.exitCode !== 0) throw failed(host, words.at(-1) ?? '', done.stdout + done.stderr)
    return done.stdout
  }
  const hasFull = await steps.take('Look at the backup repository', [host.name], async () => {
    const found = readRepository(await run('--output=json', 'info'), stanza, systemIdentifier)
    if (found.stanza === 'missing') await run('stanza-create')
    if (found.stanza === 'older') await run('stanza-upgrade')
    const note = {
      missing: `made the stanza ${stanza}`,
      older: `kept the backups of an earlier database beside`,
      ours: `${found.fullBackups} full backup${found.fullBackups === 1 ? '' : 's'}`,
    }[found.stanza]
    return {
      value: found.fullBackups > 0,
      changedHosts: found.stanza === 'ours' ? [] : [host.name],
      note,
    }
  })
  if (hasFull) return
  await steps.take('Check that WAL arrives in the repository', [host.name], async () => {
    await run('check')
    return { value: null, changedHosts: [] }
  })
  await steps.take('Take the first full backup', [host.name], async () => {
    // The unit that the timer starts, so that its lock and its journal are the same.
    const unit = 'fleet-backup-full.service'
    const { exitCode } = await shell.run(host, ['systemctl', 'start', unit], {
      timeoutMs: backupTimeoutMs,
      signal,
    })
    if (exitCode !== 0) {
      const words = ['journalctl', '--unit', unit, '--lines', '12', '--output', 'cat', '--no-pager']
      throw failed(host, 'backup', (await shell.run(host, words, { signal })).stdout)
    }
    return { value: null, changedHosts: [host.name] }
  })
}

/** @param json the answer of `pgbackrest info`; a repository that was never used has no stanza */
export function readRepository(json: string, stanza: string, systemIdentifier: string): Repository {
  // 64 bits do not fit in a number of JavaScript: the digits as they stand there are what counts.
  const exact: unknown = JSON.parse(json, (key, value: unknown, context?: { source?: string }) =>
    key === 'system-id' ? context?.source : value,
  )
  const found = info.parse(exact).find(({ name }) => name === stanza)
  const current = found?.db.toSorted((a, b) => a.id - b.id).at(-1)
  if (!found || !current) return { stanza: 'missing', fullBackups: 0 }
  if (current['system-id'] !== systemIdentifier) return { stanza: 'older', fullBackups: 0 }
  const own = found.backup.filter(({ type, database }) => type === 'full' && database.id === current.id)
  return { stanza: 'ours', fullBackups: own.length }
}

function failed(host: HostSpec, command: string, said: string): ClusterError {
  const errors = said.split('\n').filter((line) => /ERROR|WARN|HINT/.test(line))
  const words = (errors.length > 0 ? errors : said.trim().split('\n').slice(-5)).join(' | ')
  return new ClusterError('command_failed', `pgbackrest ${command} failed on ${host.name}: ${words}`, {
    fix: `See \`fleet cluster logs ${host.name} pgbackrest\`, and that the repository can be written.`,
  })
}
