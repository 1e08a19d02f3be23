import { paths, ports } from '../layout.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { renderArchiveLeftovers } from './archive-leftovers.ts'
import { renderBackupUnits } from './backup-timers.ts'
import { certificatePaths, renderCertificateFiles } from './certificate-files.ts'
import { type IniSection, renderIni } from './ini-file.ts'
import type { RenderDaemon } from './rendered-file.ts'

type Entry = IniSection['entries'][number]

const reload = { do: 'reload', unit: 'pgbackrest.service' } as const

/**
 * pgBackRest: on PostgreSQL hosts it pushes WAL and hands files to the backup host, on the backup host it keeps the
 * repository and takes the backups. The two speak TLS, each with its own certificate.
 */
export const renderPgbackrest: RenderDaemon = (input, host) => {
  const isDatabase = host.roles.includes('postgresql')
  const isBackup = host.roles.includes('backup')
  if (!isDatabase && !isBackup) return []
  const { spec, secrets } = input
  return [
    {
      path: paths.pgbackrestConfig,
      content: renderIni(
        isBackup ? backupHostSections(spec, secrets, host) : databaseHostSections(spec, host),
      ),
      mode: '0600',
      owner: 'postgres',
      group: 'postgres',
      secret: isBackup && [...secretKeys],
      onChange: reload,
    },
    {
      path: '/etc/systemd/system/pgbackrest.service.d/fleet.conf',
      content: renderServerUnit(spec, isBackup),
      mode: '0644',
      owner: 'root',
      group: 'root',
      secret: false,
      onChange: { do: 'nothing' },
    },
    ...renderCertificateFiles(input, host, 'pgbackrest', 'postgres', reload),
    ...(isBackup ? renderBackupUnits(spec) : []),
    ...(isDatabase ? renderArchiveLeftovers(spec) : []),
  ]
}

const secretKeys = ['cipher-pass', 's3-key', 's3-key-secret'] as const

/** The host with the repository. @throws Error when the spec has none: a bug, as checking refuses it */
function backupHost(spec: ClusterSpec): HostSpec {
  const [host] = hostsWith(spec, 'backup')
  if (!host) throw new Error('The spec has no backup host.')
  return host
}

const tlsOf = (prefix: string): readonly Entry[] => {
  const at = certificatePaths('pgbackrest')
  return [
    [`${prefix}-ca-file`, at.authority],
    [`${prefix}-cert-file`, at.certificate],
    [`${prefix}-key-file`, at.privateKey],
  ]
}

/** The server of this host, and whose certificates (by common name) may ask it about the stanza. */
const server = (spec: ClusterSpec, host: HostSpec, peers: readonly HostSpec[]): readonly Entry[] => [
  ['tls-server-address', host.address],
  ['tls-server-port', ports.pgbackrest],
  ...tlsOf('tls-server'),
  ...peers.map((peer): Entry => ['tls-server-auth', `${peer.name}=${spec.backup.stanza}`]),
]

const everywhere = (spec: ClusterSpec): readonly Entry[] => [
  ['process-max', spec.backup.processes],
  ['compress-type', 'zst'],
  ['log-path', '/var/log/pgbackrest'],
  ['log-level-file', 'info'],
  // A peer that lost its power is noticed after 10 + 3 * 5 s instead of the kernel's two hours.
  ['tcp-keep-alive-idle', 10],
  ['tcp-keep-alive-interval', 5],
  ['tcp-keep-alive-count', 3],
]

function databaseHostSections(spec: ClusterSpec, host: HostSpec): readonly IniSection[] {
  const repository = backupHost(spec)
  return [
    {
      name: 'global',
      entries: [
        ...everywhere(spec),
        // Into PostgreSQL's log, that is the journal, and only what asks for attention.
        ['log-level-console', 'warn'],
        ['repo1-host', repository.address],
        ['repo1-host-type', 'tls'],
        ['repo1-host-port', ports.pgbackrest],
        ...tlsOf('repo1-host'),
        // PostgreSQL is told that a segment is safe only once it is in the repository; asynchronous means that several
        // are on their way at a time.
        ['archive-async', 'y'],
        ['spool-path', '/var/spool/pgbackrest'],
        // With the repository out of reach, more WAL than this is dropped rather than the primary's disk filled: only
        // this log's "dropped WAL file" tells, which `fleet cluster status` reads.
        ['archive-push-queue-max', `${spec.backup.archiveQueueMaxMb}MiB`],
        ['archive-get-queue-max', '128MiB'],
        // So long a push waits for its segment, which goes on being sent all the same: a shutdown waits for the push.
        ['archive-timeout', 10],
        ['delta', 'y'],
        ...server(spec, host, [repository]),
      ],
    },
    {
      name: spec.backup.stanza,
      entries: [
        ['pg1-path', spec.postgresql.dataDirectory],
        ['pg1-port', ports.postgresql],
        ['pg1-socket-path', paths.postgresqlSocket],
      ],
    },
  ]
}

function backupHostSections(
  spec: ClusterSpec,
  secrets: ClusterSecrets,
  host: HostSpec,
): readonly IniSection[] {
  const nodes = hostsWith(spec, 'postgresql')
  return [
    {
      name: 'global',
      entries: [
        ...everywhere(spec),
        ['log-level-console', 'info'],
        ...repository(spec, secrets),
        // A time keeps one full backup older than that, so that any moment of the last days can be restored to. A count
        // of fulls that reaches further back wins: see the script of fleet-backup-expire.service.
        ['repo1-retention-full-type', 'time'],
        ['repo1-retention-full', spec.backup.retention.walDays],
        ['repo1-retention-diff', spec.backup.retention.differentials],
        // Expiring is a step of its own, with the count: see there.
        ['expire-auto', 'n'],
        ['backup-standby', 'prefer'],
        ['start-fast', 'y'],
        // After an interrupted backup, what was copied already is checked and kept.
        ['delta', 'y'],
        ['checksum-page', 'y'],
        // A segment that a backup needs arrives within archive_timeout, or the backup fails and says so.
        ['archive-timeout', 2 * spec.backup.archiveTimeoutS],
        ...server(spec, host, nodes),
      ],
    },
    {
      name: spec.backup.stanza,
      entries: nodes.flatMap((node, index) => {
        const pg = `pg${index + 1}`
        return [
          [`${pg}-host`, node.address],
          [`${pg}-host-type`, 'tls'],
          [`${pg}-host-port`, ports.pgbackrest],
          ...tlsOf(`${pg}-host`),
          [`${pg}-path`, spec.postgresql.dataDirectory],
          [`${pg}-port`, ports.postgresql],
          [`${pg}-socket-path`, paths.postgresqlSocket],
        ] satisfies readonly Entry[]
      }),
    },
  ]
}

function repository({ backup }: ClusterSpec, secrets: ClusterSecrets): readonly Entry[] {
  const encryption: readonly Entry[] = backup.encryption
    ? [
        ['repo1-cipher-type', 'aes-256-cbc'],
        ['repo1-cipher-pass', secrets.backupCipher],
      ]
    : [['repo1-cipher-type', 'none']]
  const { repository } = backup
  if (repository.type !== 's3') return [['repo1-path', repository.path], ...encryption]
  if (!secrets.s3) throw new Error('The repository is S3 and the secrets have no key for it.')
  return [
    ['repo1-type', 's3'],
    ['repo1-path', repository.path],
    ['repo1-s3-bucket', repository.bucket],
    ['repo1-s3-endpoint', repository.endpoint],
    ['repo1-s3-region', repository.region],
    ['repo1-s3-uri-style', repository.uriStyle],
    ['repo1-s3-key', secrets.s3.key],
    ['repo1-s3-key-secret', secrets.s3.keySecret],
    ...encryption,
  ]
}

/** What Debian's pgbackrest.service lacks, as a drop-in. */
function renderServerUnit(spec: ClusterSpec, isBackup: boolean): string {
  const { repository } = spec.backup
  const mount: readonly Entry[] =
    isBackup && repository.type === 'nfs' ? [['RequiresMountsFor', repository.path]] : []
  return renderIni([
    {
      name: 'Unit',
      // It binds to the host's own address.
      entries: [['Wants', 'network-online.target'], ['After', 'network-online.target'], ...mount],
    },
    // Debian's sleeps 3 s to see whether it still runs; Restart=always sees to that.
    { name: 'Service', entries: [['ExecStartPost', '']] },
  ])
}
