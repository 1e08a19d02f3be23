import { stringify } from 'yaml'
import { apiUsers, databaseUsers, paths, ports, postgresqlPrograms } from '../layout.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths, renderCertificateFiles } from './certificate-files.ts'
import { etcdLeaderAwayScript } from './etcd-leader-away.ts'
import { fileHeader } from './file-header.ts'
import { renderPatroniUnit } from './patroni-unit.ts'
import { sharedConfiguration } from './patroni-shared.ts'
import { renderPgHba } from './pg-hba.ts'
import { localParameters } from './postgresql-parameters.ts'
import { needsPromotionCheck, promotionCheckScript, renderPromotionCheck } from './promotion-check.ts'
import type { RenderDaemon, RenderedFile, RenderInput } from './rendered-file.ts'

const owner = { owner: 'postgres', group: 'postgres' } as const
const root = { owner: 'root', group: 'root' } as const
const reload = { do: 'reload', unit: 'patroni.service' } as const
const nothing = { do: 'nothing' } as const

/** The shared configuration, and the script that brings etcd's copy up to it. */
export const sharedConfigurationFile = `${paths.cluster}/patroni-shared.yml`
export const applySharedScript = `${paths.scripts}/apply-patroni-shared`

/** Patroni, which runs PostgreSQL: its configuration, certificates and unit, on every PostgreSQL host. */
export const renderPatroni: RenderDaemon = (input, host) => {
  if (!host.roles.includes('postgresql')) return []
  const open = { ...root, mode: '0644', secret: false, onChange: nothing } as const
  return [
    {
      ...owner,
      path: paths.patroniConfig,
      content: toYaml(configuration(input, host)),
      mode: '0600',
      secret: ['password'],
      onChange: reload,
    },
    {
      ...open,
      path: '/etc/systemd/system/patroni.service.d/fleet.conf',
      content: renderPatroniUnit(input.spec, host),
    },
    {
      ...open,
      path: '/etc/profile.d/fleet-patronictl.sh',
      content: `${fileHeader}\nexport PATRONICTL_CONFIG_FILE=${paths.patroniConfig}\n`,
    },
    { ...open, path: sharedConfigurationFile, content: toYaml(sharedConfiguration(input.spec)) },
    { ...open, path: applySharedScript, content: applyShared(input.spec), mode: '0755' },
    ...renderPromotionCheck(input, host),
    ...renderCertificateFiles(input, host, 'patroni', 'postgres', reload),
  ] satisfies RenderedFile[]
}

/**
 * In YAML 1.1, which Patroni's parser reads: there a bare `on` is a boolean, and must be quoted. Without folding, as a long
 * command must stay on one line to be found by grep.
 */
const toYaml = (value: unknown): string =>
  `${fileHeader}\n${stringify(value, { lineWidth: 0, version: '1.1' })}`

function configuration(input: RenderInput, host: HostSpec): Record<string, unknown> {
  const { spec, secrets } = input
  const tls = certificatePaths('patroni')
  const pgbackrest = `/usr/bin/pgbackrest --stanza=${spec.backup.stanza}`
  // libpq compares the certificate with the address that Patroni connects to.
  const verified = { sslmode: 'verify-full', sslrootcert: certificatePaths('postgresql').authority }
  return {
    scope: spec.name,
    name: host.name,
    restapi: {
      listen: `${host.address}:${ports.patroni}`,
      connect_address: `${host.address}:${ports.patroni}`,
      certfile: tls.certificate,
      keyfile: tls.privateKey,
      cafile: tls.authority,
      // HAProxy's checks only read. Whoever changes something shows a certificate and knows the password.
      verify_client: 'optional',
      authentication: { username: apiUsers.patroni, password: secrets.patroniApi },
    },
    // What patronictl on this host, and Patroni itself asking another member, show and believe.
    ctl: { cacert: tls.authority, certfile: tls.certificate, keyfile: tls.privateKey },
    etcd3: {
      hosts: hostsWith(spec, 'etcd').map((member) => `${member.address}:${ports.etcdClient}`),
      protocol: 'https',
      cacert: tls.authority,
      cert: tls.certificate,
      key: tls.privateKey,
    },
    bootstrap: { dcs: sharedConfiguration(spec), initdb: initdb(spec) },
    postgresql: {
      listen: `${host.address}:${ports.postgresql}`,
      connect_address: `${host.address}:${ports.postgresql}`,
      use_unix_socket: true,
      use_unix_socket_repl: true,
      bin_dir: postgresqlPrograms(spec.postgresql.version),
      data_dir: spec.postgresql.dataDirectory,
      // Patroni writes it with mode 0600; the home of postgres outlives the data directory.
      pgpass: '/var/lib/postgresql/.patroni.pgpass',
      authentication: {
        superuser: { username: databaseUsers.superuser, password: secrets.superuser, ...verified },
        replication: { username: databaseUsers.replication, password: secrets.replication, ...verified },
        rewind: { username: databaseUsers.rewind, password: secrets.rewind, ...verified },
      },
      // A member that can neither stream nor be rewound is copied anew without a person: until then the cluster has one
      // standby less. With quorum and sync nothing acknowledged is only there; with async there may be, and is given up.
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      create_replica_methods: ['basebackup', 'pgbackrest'],
      basebackup: { checkpoint: 'fast' },
      // When the primary cannot be copied from. What the data directory still has is kept and compared.
      pgbackrest: { command: `${pgbackrest} --delta restore`, keep_data: true, no_params: true },
      ...callbacks(host),
      ...(needsPromotionCheck(input) ? { pre_promote: promotionCheckScript } : {}),
      pg_hba: renderPgHba(spec),
      parameters: localParameters(spec, host),
    },
    watchdog: watchdog(spec),
    tags: { nofailover: false, noloadbalance: false, clonefrom: false, nosync: false },
  }
}

/**
 * PostgreSQL's own locale provider: order and case by code point, in every version of the operating system the same, so
 * that an upgraded glibc or ICU never breaks an index. A query that shows names in Dutch order says so (COLLATE).
 */
const initdb = (spec: ClusterSpec): readonly (string | Record<string, string>)[] => [
  'data-checksums',
  { encoding: 'UTF8' },
  { locale: 'C.UTF-8' },
  ...(spec.postgresql.version >= 17
    ? [{ 'locale-provider': 'builtin' }, { 'builtin-locale': 'C.UTF-8' }]
    : []),
  { 'auth-local': 'peer' },
  { 'auth-host': 'scram-sha-256' },
]

/** A new etcd leader resets every lease, so etcd's leader must not die together with the primary. */
const callbacks = (host: HostSpec): Record<string, unknown> =>
  host.roles.includes('etcd') ? { callbacks: { on_role_change: etcdLeaderAwayScript } } : {}

/** -1 is half of ttl: the machine resets before its lock can run out, whenever the loop stopped. */
const watchdog = ({ failover }: ClusterSpec): Record<string, unknown> =>
  failover.watchdog === 'off'
    ? { mode: 'off' }
    : { mode: failover.watchdog, device: '/dev/watchdog', safety_margin: -1 }

/** Prints `changed` or `unchanged`; any member may run it, as root or postgres, once the cluster is there. */
const applyShared = (spec: ClusterSpec): string => `#!/bin/bash
set -euo pipefail
answer=$(patronictl -c ${paths.patroniConfig} edit-config --force --apply ${sharedConfigurationFile} ${spec.name})
case $answer in
  *'Configuration changed'*) echo changed ;;
  *'Not changed'*) echo unchanged ;;
  *)
    echo "$answer" >&2
    exit 1
    ;;
esac
`
