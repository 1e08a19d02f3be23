import { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import {
  type BackupKind,
  type PgbackrestBackup,
  type PgbackrestStanza,
  readPgbackrestInfo,
} from '../pgbackrest/pgbackrest-info.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { Operation } from './operation.ts'

export interface BackupOptions {
  readonly kind: BackupKind
  readonly dryRun?: boolean
}

export interface BackupResult {
  readonly done: boolean
  /** What was made; pgBackRest makes a full one where one of the other kinds has nothing to rest on. */
  readonly backup: PgbackrestBackup | null
  readonly tookMs: number | null
}

type BackupOperation = Pick<Operation, 'spec' | 'clock' | 'signal' | 'onEvent'> & {
  readonly shell: HostShell
}

/** A copy of terabytes takes its time. */
const backupTimeoutMs = 24 * 3_600_000
const progressEveryMs = 1_000
/** Which pgBackRest's `--type` says. */
const types: Readonly<Record<BackupKind, string>> = {
  full: 'full',
  differential: 'diff',
  incremental: 'incr',
}

/**
 * Takes a backup now, in the same unit and under the same lock as the timers, and waits for it. The backup host does
 * the work: it goes on when this program is stopped.
 *
 * @throws ClusterError command_failed with pgBackRest's own words, host_unreachable, timed_out
 */
export async function takeBackup(operation: BackupOperation, options: BackupOptions): Promise<BackupResult> {
  const { spec, shell, clock, signal, onEvent } = operation
  const host = backupHost(spec)
  const before = await readStanza(spec, shell, signal)
  onEvent({
    kind: 'plan',
    text: `Take ${options.kind === 'incremental' ? 'an' : 'a'} ${options.kind} backup of ${spec.backup.stanza} into the repository of ${host.name}.`,
  })
  if (before.running)
    onEvent({ kind: 'plan', text: 'Another backup is running; this one waits for its end.' })
  if (options.dryRun) return { done: false, backup: null, tookMs: null }

  const startMs = clock.now()
  const ended = new AbortController()
  const run = shell
    .run(host, startWords(spec, options.kind), { timeoutMs: backupTimeoutMs, signal })
    .finally(() => ended.abort())
  const [{ exitCode, stdout, stderr }] = await Promise.all([
    run,
    showProgress(operation, startMs, AbortSignal.any([ended.signal, signal])),
  ])
  if (exitCode !== 0) {
    const words = ['journalctl', `--unit=${unitOf(options.kind)}`, '--lines=40', '--output=cat', '--no-pager']
    const journal = await shell.run(host, words, { signal })
    throw failure(host, 'backup', `${stdout}${stderr}${journal.stdout}`)
  }
  const known = new Set(before.backups.map(({ label }) => label))
  const after = await readStanza(spec, shell, signal)
  const backup = after.backups.findLast(({ label }) => !known.has(label)) ?? null
  if (!backup)
    throw new ClusterError(
      'command_failed',
      `pgBackRest on ${host.name} said that it was done, and no new backup is listed.`,
      { fix: `See \`fleet cluster logs ${host.name} backups\`.` },
    )
  return { done: true, backup, tookMs: clock.now() - startMs }
}

/**
 * What the repository holds.
 *
 * @throws ClusterError command_failed, host_unreachable
 */
export async function readStanza(
  spec: ClusterSpec,
  shell: HostShell,
  signal: AbortSignal,
): Promise<PgbackrestStanza> {
  const host = backupHost(spec)
  const { stdout } = await info(spec, shell, host, signal)
  const stanzas = readPgbackrestInfo(parseJson(stdout))
  const found = stanzas?.find(({ name }) => name === spec.backup.stanza)
  if (found) return found
  throw failure(host, 'info', stdout)
}

/** The unit that the timer starts; incremental ones have no timer, so a unit of the same kind is made for the moment. */
function startWords(spec: ClusterSpec, kind: BackupKind): readonly string[] {
  if (kind !== 'incremental') return ['systemctl', 'start', unitOf(kind)]
  return [
    'systemd-run',
    '--quiet',
    '--wait',
    '--collect',
    `--unit=${unitOf(kind)}`,
    ...[
      'User=postgres',
      'Group=postgres',
      'RuntimeDirectory=fleet-backup',
      'RuntimeDirectoryPreserve=yes',
      'Nice=10',
      'IOSchedulingClass=idle',
    ].map((property) => `--property=${property}`),
    '/usr/bin/flock',
    '/run/fleet-backup/lock',
    '/usr/bin/pgbackrest',
    `--stanza=${spec.backup.stanza}`,
    `--type=${types[kind]}`,
    'backup',
  ]
}

const unitOf = (kind: BackupKind) => `fleet-backup-${kind}.service`

/** pgBackRest tells how far it is, in bytes, while it holds the lock. */
const progressAnswer = z.array(
  z.object({
    name: z.string(),
    status: z.object({
      lock: z
        .object({
          backup: z.object({ size: z.number().nullish(), 'size-cplt': z.number().nullish() }).nullish(),
        })
        .nullish(),
    }),
  }),
)

/** Ends when the signal does. Whatever goes wrong here is no reason to stop a backup. */
async function showProgress(operation: BackupOperation, startMs: number, signal: AbortSignal): Promise<void> {
  const { spec, shell, clock, onEvent } = operation
  const host = backupHost(spec)
  while (!signal.aborted) {
    try {
      await clock.sleep(progressEveryMs, signal)
      const { stdout } = await info(spec, shell, host, signal)
      const stanzas = progressAnswer.safeParse(parseJson(stdout))
      const lock = stanzas.data?.find(({ name }) => name === spec.backup.stanza)?.status.lock?.backup
      const total = lock?.size ?? 0
      const done = lock?.['size-cplt'] ?? 0
      const text = total > 0 ? `${Math.floor((100 * done) / total)} % of ${total} bytes copied` : 'preparing'
      onEvent({ kind: 'waiting', text, elapsedMs: clock.now() - startMs, timeoutMs: backupTimeoutMs })
    } catch (error) {
      if (!signal.aborted && !(error instanceof ClusterError)) throw error
    }
  }
}

function info(spec: ClusterSpec, shell: HostShell, host: HostSpec, signal: AbortSignal) {
  const words = [
    'pgbackrest',
    `--stanza=${spec.backup.stanza}`,
    '--output=json',
    '--log-level-console=off',
    'info',
  ]
  return shell.run(host, words, { user: 'postgres', signal })
}

/** @throws ClusterError cluster_unhealthy when the spec has none */
function backupHost(spec: ClusterSpec): HostSpec {
  const [host] = hostsWith(spec, 'backup')
  if (host) return host
  throw new ClusterError('cluster_unhealthy', 'This cluster has no host with the role backup.', {
    fix: 'Add one to cluster.yml and run `fleet cluster deploy`.',
  })
}

function failure(host: HostSpec, command: string, said: string): ClusterError {
  const errors = said.split('\n').filter((line) => /\b(ERROR|HINT)\b/.test(line))
  const words = (errors.length > 0 ? errors.slice(-4) : said.trim().split('\n').slice(-4)).join(' | ')
  return new ClusterError(
    'command_failed',
    `pgbackrest ${command} failed on ${host.name}: ${words || 'it said nothing'}`,
    {
      fix: `See \`fleet cluster logs ${host.name} backups\`.`,
    },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
