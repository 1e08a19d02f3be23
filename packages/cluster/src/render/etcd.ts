import { stringify } from 'yaml'
import { paths, ports } from '../layout.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths, renderCertificateFiles } from './certificate-files.ts'
import { renderEtcdLeaderAway } from './etcd-leader-away.ts'
import { etcdRejoinScript, renderEtcdRejoin } from './etcd-rejoin.ts'
import { etcdClientUrl, etcdPeerUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import { renderIni } from './ini-file.ts'
import type { ChangeEffect, RenderDaemon, RenderInput } from './rendered-file.ts'

/** Where etcd reads its configuration: a copy of `paths.etcdConfig` that etcd-rejoin has looked over. */
export const etcdRunConfig = '/run/etcd/etcd.yml'

const restart: ChangeEffect = { do: 'restart', unit: 'etcd' }

/** etcd's configuration, unit, certificate and the two scripts that keep it fit for a cluster of databases. */
export const renderEtcd: RenderDaemon = (input, host) => {
  if (!host.roles.includes('etcd')) return []
  return [
    {
      path: paths.etcdConfig,
      content: renderConfig(input, host),
      mode: '0644',
      owner: 'root',
      group: 'root',
      secret: false,
      onChange: restart,
    },
    {
      path: '/etc/systemd/system/etcd.service.d/fleet.conf',
      content: dropIn,
      mode: '0644',
      owner: 'root',
      group: 'root',
      secret: false,
      onChange: restart,
    },
    // etcd reads certificate and key anew at every handshake, the authority only when it starts.
    ...renderCertificateFiles(input, host, 'etcd', 'etcd', { do: 'nothing' }).map((file) =>
      file.path === certificatePaths('etcd').authority ? { ...file, onChange: restart } : file,
    ),
    renderEtcdRejoin(input, host),
    ...renderEtcdLeaderAway(input, host),
  ]
}

function renderConfig({ spec }: RenderInput, host: HostSpec): string {
  const members = hostsWith(spec, 'etcd')
  const at = certificatePaths('etcd')
  const mutualTls = {
    'cert-file': at.certificate,
    'key-file': at.privateKey,
    'trusted-ca-file': at.authority,
    'client-cert-auth': true,
  }
  const config = {
    name: host.name,
    'data-dir': paths.etcdData,
    'listen-client-urls': etcdClientUrl(host),
    'advertise-client-urls': etcdClientUrl(host),
    'listen-peer-urls': etcdPeerUrl(host),
    'initial-advertise-peer-urls': etcdPeerUrl(host),
    'listen-metrics-urls': `http://127.0.0.1:${ports.etcdMetrics}`,
    // What begins with `initial-` counts only while the member has no data; etcd-rejoin corrects it for a member that
    // lost its disk.
    'initial-cluster': members.map((member) => `${member.name}=${etcdPeerUrl(member)}`).join(','),
    'initial-cluster-token': spec.name,
    'initial-cluster-state': 'new',
    'client-transport-security': mutualTls,
    'peer-transport-security': mutualTls,
    'tls-min-version': 'TLS1.2',
    // A follower takes the leader for dead after 1-2 s (the timeout is drawn anew each time). Shorter would win half a
    // second of some 25 and cost needless elections whenever a disk stalls, and each election resets every lease.
    'heartbeat-interval': 100,
    'election-timeout': 1000,
    // Patroni writes a few keys every loop and reads only the newest: an hour of history is for people.
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': '1h',
    // A full quota makes etcd read-only, and the cluster with it: far above the some megabytes that Patroni needs.
    'quota-backend-bytes': 2 * 1024 ** 3,
    // As etcd 3.6: the 100,000 of 3.5 keeps tens of megabytes of log entries in memory.
    'snapshot-count': 10_000,
    // What etcd's maintainers advise for every 3.5 since its data corruption of 2022.
    'experimental-initial-corrupt-check': true,
    'experimental-compact-hash-check-enabled': true,
    'log-level': 'info',
    logger: 'zap',
  }
  // Not folded: etcd-rejoin replaces single lines.
  return `${fileHeader}\n${stringify(config, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

const dropIn = renderIni([
  // A member that waits for its quorum or for room on its disk must come back by itself, however long it takes.
  { name: 'Unit', entries: [['StartLimitIntervalSec', 0]] },
  {
    name: 'Service',
    entries: [
      ['RuntimeDirectory', 'etcd'],
      ['ExecStartPre', `${etcdRejoinScript} ${etcdRunConfig}`],
      ['ExecStart', ''],
      ['ExecStart', `/usr/bin/etcd --config-file ${etcdRunConfig}`],
      ['Restart', 'always'],
      ['RestartSec', 1],
      // On the database's machines: a heartbeat that waits for a busy backend is an election.
      ['Nice', -10],
      ['CPUWeight', 1000],
      ['IOSchedulingClass', 'best-effort'],
      ['IOSchedulingPriority', 0],
      ['IOWeight', 1000],
      ['OOMScoreAdjust', -900],
    ],
  },
])
