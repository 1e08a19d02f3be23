import { paths } from '../layout.ts'
import type { ClusterSpec, RepositorySpec } from '../spec/cluster-spec.ts'
import { renderIni } from './ini-file.ts'
import type { RenderedFile } from './rendered-file.ts'

/** Each is `fleet-backup-NAME.service` and `.timer` on the backup host. */
export const backupJobs = ['full', 'differential', 'verify', 'expire'] as const
export type BackupJob = (typeof backupJobs)[number]

const script = (job: BackupJob) => `${paths.scripts}/backup-${job}`
/** What the last verification found, as JSON `{endedMs, ok, message}`. */
export const verifyResult = '/var/lib/fleet-cluster/verify.json'
const lockFile = '/run/fleet-backup/lock'
const units = '/etc/systemd/system'
const root = { owner: 'root', group: 'root', secret: false } as const

/** Timers, services and scripts of the backup host, and the mount of an NFS repository. */
export function renderBackupUnits(spec: ClusterSpec): readonly RenderedFile[] {
  const { repository, schedule } = spec.backup
  const calendars: Readonly<Record<BackupJob, string>> = {
    full: schedule.full,
    differential: schedule.differential,
    verify: schedule.verify,
    // After each backup and once a day: when backups fail, WAL still goes away as it should.
    expire: 'daily',
  }
  return [
    ...backupJobs.flatMap((job) => [
      unit(`fleet-backup-${job}.service`, service(spec, job)),
      unit(`fleet-backup-${job}.timer`, timer(job, `${calendars[job]} ${spec.timeZone}`), true),
      {
        ...root,
        path: script(job),
        content: scripts[job](spec),
        mode: '0755',
        onChange: { do: 'nothing' },
      } as const,
    ]),
    ...(repository.type === 'nfs' ? [unit(mountUnit(repository.path), mount(repository))] : []),
  ]
}

const unit = (name: string, content: string, restarts = false): RenderedFile => ({
  ...root,
  path: `${units}/${name}`,
  content,
  mode: '0644',
  onChange: restarts ? { do: 'restart', unit: name } : { do: 'nothing' },
})

const descriptions: Readonly<Record<BackupJob, string>> = {
  full: 'Full backup of the PostgreSQL cluster',
  differential: 'Differential backup of the PostgreSQL cluster',
  verify: 'Check of every file in the backup repository',
  expire: 'Removal of backups and WAL past their retention',
}

function service(spec: ClusterSpec, job: BackupJob): string {
  const { repository } = spec.backup
  return renderIni([
    {
      name: 'Unit',
      entries: [
        ['Description', descriptions[job]],
        ['Wants', 'network-online.target'],
        ['After', 'network-online.target pgbackrest.service'],
        ...(repository.type === 'nfs' ? [['RequiresMountsFor', repository.path] as const] : []),
        // Five more tries: a failover or a restarted node ends a backup that was under way.
        ['StartLimitIntervalSec', '15min'],
        ['StartLimitBurst', 6],
      ],
    },
    {
      name: 'Service',
      entries: [
        ['Type', 'oneshot'],
        ['User', 'postgres'],
        ['Group', 'postgres'],
        ['RuntimeDirectory', 'fleet-backup'],
        ['RuntimeDirectoryPreserve', 'yes'],
        ...(job === 'verify' ? [['StateDirectory', 'fleet-cluster'] as const] : []),
        // One at a time, the next one waits: a backup and an expiry at once would fail on pgBackRest's own lock, and a
        // verification would call missing what an expiry removes.
        ['ExecStart', `/usr/bin/flock ${lockFile} ${script(job)}`],
        ['Restart', 'on-failure'],
        ['RestartSec', '2min'],
        ['Nice', 10],
        ['IOSchedulingClass', 'idle'],
      ],
    },
  ])
}

const timer = (job: BackupJob, calendar: string): string =>
  renderIni([
    { name: 'Unit', entries: [['Description', `${descriptions[job]}, at its time`]] },
    {
      name: 'Timer',
      entries: [
        ['OnCalendar', calendar],
        // What a host that was off has missed is done when it is back.
        ['Persistent', 'true'],
        ['AccuracySec', '1s'],
      ],
    },
    { name: 'Install', entries: [['WantedBy', 'timers.target']] },
  ])

const bash = (lines: readonly string[]): string =>
  `${['#!/bin/bash', 'set -euo pipefail', ...lines].join('\n')}\n`
const pgbackrest = (spec: ClusterSpec) => `pgbackrest --stanza=${spec.backup.stanza}`
const backup = (type: 'full' | 'diff') => (spec: ClusterSpec) =>
  bash([`${pgbackrest(spec)} --type=${type} backup`, script('expire')])

const scripts: Readonly<Record<BackupJob, (spec: ClusterSpec) => string>> = {
  full: backup('full'),
  differential: backup('diff'),
  verify: (spec) =>
    bash([
      "# `fleet cluster status` reads the result: damage must be seen by more than this machine's journal.",
      'ok=true',
      `report=$(${pgbackrest(spec)} --log-level-console=error --output=text --verbose verify 2>&1) || ok=false`,
      'echo "$report"',
      '# It may tell of damage in its output and end with 0 all the same.',
      `grep --quiet '^ *status: ok' <<<"$report" || ok=false`,
      `jq --null-input --argjson ok "$ok" --arg message "$(tail --lines=20 <<<"$report")" '{endedMs: (now * 1000 | floor), $ok, $message}' >${verifyResult}.new`,
      `mv ${verifyResult}.new ${verifyResult}`,
      '"$ok"',
    ]),
  expire: (spec) =>
    bash([
      '# Kept is what the days of WAL need (the rule in pgbackrest.conf) and never less than the wanted number of full',
      '# backups. Both rules keep the newest ones, so the one that keeps more fulls is the one to apply.',
      `full_starts=$(${pgbackrest(spec)} --output=json info | jq '[.[0].backup[]? | select(.type == "full") | .timestamp.stop] | sort | reverse')`,
      `reaches_back=$(jq 'map(. <= (now - ${spec.backup.retention.walDays} * 86400)) | index(true) // length' <<<"$full_starts")`,
      `if [ "$reaches_back" -lt ${spec.backup.retention.fulls - 1} ]; then`,
      `  ${pgbackrest(spec)} --repo1-retention-full-type=count --repo1-retention-full=${spec.backup.retention.fulls} expire`,
      'else',
      `  ${pgbackrest(spec)} expire`,
      'fi',
    ]),
}

type NfsRepository = Extract<RepositorySpec, { type: 'nfs' }>

const mount = (repository: NfsRepository): string =>
  renderIni([
    {
      name: 'Unit',
      entries: [
        ['Description', 'Backup repository'],
        ['Wants', 'network-online.target'],
        ['After', 'network-online.target'],
      ],
    },
    {
      name: 'Mount',
      entries: [
        ['What', `${repository.server}:${repository.export}`],
        ['Where', repository.path],
        ['Type', 'nfs'],
        ...(repository.options === '' ? [] : [['Options', repository.options] as const]),
      ],
    },
    { name: 'Install', entries: [['WantedBy', 'remote-fs.target']] },
  ])

/** systemd accepts a mount unit only under the name of its path (systemd-escape --path). */
export function mountUnit(path: string): string {
  const words = path.split('/').filter((word) => word !== '')
  const escaped = words.map((word) => word.replace(/[^A-Za-z0-9:_.]/g, escapeBytes)).join('-')
  return `${escaped.replace(/^\./, '\\x2e')}.mount`
}

const escapeBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
