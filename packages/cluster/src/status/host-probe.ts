import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { HostShell } from '../hosts/host-shell.ts'
import { databaseUsers, paths, ports, postgresqlPrograms } from '../layout.ts'
import { readPgbackrestInfo } from '../pgbackrest/pgbackrest-info.ts'
import { backupJobs, verifyResult } from '../render/backup-timers.ts'
import type { ClusterSpec, HostRole, HostSpec } from '../spec/cluster-spec.ts'
import type { Deadline } from './observed.ts'
import { SourceError } from './source-failure.ts'

/** ssh itself needs some of the deadline: what the host has for its own work. */
const sshShareMs = 700
const databaseLogs = '/var/log/pgbackrest'

/** What host-probe.py is told. */
interface ProbeRequest {
  readonly limitMs: number
  readonly parts: readonly string[]
  readonly disks: readonly string[]
  readonly tls: string
  readonly vip: string
  readonly units: readonly string[]
  readonly programs: string
  readonly port: number
  readonly dataDirectory: string
  readonly stanza: string
  readonly pgbackrestLogs: string
  readonly repositoryUser: string
  readonly verifyResult: string
  /** OnCalendar expressions by name. */
  readonly schedule: Readonly<Record<string, string>>
}

const time = z
  .number()
  .nullish()
  .transform((found) => found ?? null)
const text = z
  .string()
  .nullish()
  .transform((found) => found ?? null)

const postgresql = z.object({
  inRecovery: z.boolean(),
  /** Where the next WAL byte goes; null on a standby. */
  lsn: time,
  segmentBytes: z.number(),
  archiveMode: z.string(),
  synchronousStandbyNames: z.string(),
  archiver: z.object({
    lastWal: text,
    lastAtMs: time,
    failedCount: z.number(),
    failedWal: text,
    failedAtMs: time,
  }),
  standbys: z.array(
    z.object({ name: z.string(), state: text, syncState: text, lagBytes: time, lagMs: time }),
  ),
  /** Sessions whose COMMIT waits for a standby, and for how long the oldest does. */
  waitingCommits: z.number(),
  longestCommitMs: time,
})

const answers = z.object({
  disks: z.array(z.object({ path: z.string(), totalBytes: z.number(), freeBytes: z.number() })).optional(),
  certificates: z.array(z.object({ daemon: z.string(), endsMs: z.number() })).optional(),
  holdsVip: z.boolean().optional(),
  /** systemd's word for each of the host's services: `active`, `failed`, ... */
  units: z.record(z.string(), z.string()).optional(),
  watchdog: z.boolean().optional(),
  postgresql: postgresql.optional(),
  wal: z.object({ bytes: z.number(), waitingCount: z.number(), oldestWaitingMs: time }).optional(),
  droppedWalMs: time,
  repository: z
    .unknown()
    .optional()
    .transform((json) => (json === undefined ? undefined : (readPgbackrestInfo(json) ?? undefined))),
  verify: z.object({ endedMs: z.number(), ok: z.boolean(), message: z.string().default('') }).nullish(),
  schedule: z.record(z.string(), z.number().nullable()).optional(),
})

const probeAnswer = z.object({
  hostname: z.string(),
  timeMs: z.number(),
  answers,
  errors: z.record(z.string(), z.string()),
  late: z.array(z.string()),
})

/** What a host says of itself. A part that is absent is in `errors` or `late`, or was not asked of this host. */
export type HostProbe = z.output<typeof probeAnswer> & {
  /** The operator's clock just before and just after, Unix milliseconds: the host's was read between them. */
  readonly sentMs: number
  readonly receivedMs: number
}
export type PostgresqlProbe = z.output<typeof postgresql>

const script = (): string => readFileSync(new URL('host-probe.py', import.meta.url), 'utf8')

/**
 * Asks a host over ssh for what no daemon tells: clock, disks, certificates, who holds the virtual address,
 * archiving, backups.
 *
 * @throws ClusterError of the shell, SourceError bad_answer
 */
export async function probeHost(
  shell: HostShell,
  spec: ClusterSpec,
  host: HostSpec,
  { timeoutMs, signal }: Deadline,
  now: () => number,
): Promise<HostProbe> {
  const request = createProbeRequest(spec, host, Math.max(200, timeoutMs - sshShareMs))
  const sentMs = now()
  const { exitCode, stdout, stderr } = await shell.run(host, ['python3', '-', JSON.stringify(request)], {
    input: script(),
    timeoutMs,
    signal,
  })
  const receivedMs = now()
  if (exitCode !== 0)
    throw new SourceError('bad_answer', `python3 on the host ended with ${exitCode}: ${lastLine(stderr)}`)
  return { ...parseHostProbe(stdout), sentMs, receivedMs }
}

/** @throws SourceError bad_answer */
export function parseHostProbe(stdout: string): z.output<typeof probeAnswer> {
  let json: unknown
  try {
    json = JSON.parse(stdout)
  } catch {
    throw new SourceError('bad_answer', `the host answered no JSON: ${lastLine(stdout)}`)
  }
  const found = probeAnswer.safeParse(json)
  if (!found.success) {
    const [first] = found.error.issues
    throw new SourceError('bad_answer', `the host's ${first?.path.join('.')}: ${first?.message}`)
  }
  return found.data
}

const unitsOf: Readonly<Record<HostRole, readonly string[]>> = {
  postgresql: ['patroni', 'pgbackrest'],
  etcd: ['etcd'],
  haproxy: ['haproxy', 'keepalived'],
  backup: ['pgbackrest', ...backupJobs.map((job) => `fleet-backup-${job}.timer`)],
}

function createProbeRequest(spec: ClusterSpec, host: HostSpec, limitMs: number): ProbeRequest {
  const has = (role: HostRole) => host.roles.includes(role)
  const { repository, schedule, stanza } = spec.backup
  return {
    limitMs,
    parts: [
      'disks',
      'certificates',
      'units',
      ...(has('haproxy') ? ['holdsVip'] : []),
      ...(has('postgresql') ? ['postgresql', 'wal', 'droppedWalMs', 'watchdog'] : []),
      ...(has('backup') ? ['repository', 'verify', 'schedule'] : []),
    ],
    disks: [
      '/',
      '/var',
      ...(has('postgresql')
        ? [spec.postgresql.dataDirectory, `${spec.postgresql.dataDirectory}/pg_wal`]
        : []),
      ...(has('etcd') ? [paths.etcdData] : []),
      ...(has('backup') && repository.type !== 's3' ? [repository.path] : []),
    ],
    tls: paths.tls,
    vip: spec.network.vip,
    units: [...new Set([...host.roles.flatMap((role) => unitsOf[role]), 'nftables'])],
    programs: postgresqlPrograms(spec.postgresql.version),
    port: ports.postgresql,
    dataDirectory: spec.postgresql.dataDirectory,
    stanza,
    pgbackrestLogs: databaseLogs,
    repositoryUser: databaseUsers.superuser,
    verifyResult,
    schedule: { ...schedule },
  }
}

const lastLine = (said: string): string => said.trim().split('\n').at(-1)?.slice(0, 160) ?? ''
