import { apiUsers, paths, ports } from '../layout.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths, renderCertificateFiles } from './certificate-files.ts'
import { fileHeader } from './file-header.ts'
import { renderIni } from './ini-file.ts'
import type { ChangeEffect, RenderDaemon, RenderedFile, RenderInput } from './rendered-file.ts'

/** The stats page's password, apart from haproxy.cfg so that `fleet cluster diff` may show that one. */
export const haproxyUsersConfig = '/etc/haproxy/users.cfg'
/** What marks a server of `writes` that is asked only while nobody is known to be the primary. */
export const graceSuffix = '-grace'

/** WAL that a replica may lack before `reads` leaves it out: one segment, far more than a healthy one ever lacks. */
const readsMaximumLagBytes = 16 * 1024 ** 2
/** A dead host's connections: data that is not acknowledged for this long closes them. */
const serverUserTimeoutS = 5
/** A connection of which one side has said its last word. */
const halfClosedTimeoutS = 5
/** The same for a client that vanished. */
const clientUserTimeoutS = 10

const reload: ChangeEffect = { do: 'reload', unit: 'haproxy' }

/** HAProxy on both hosts of the virtual address: alike but for the name. */
export const renderHaproxy: RenderDaemon = (input, host) => {
  if (!host.roles.includes('haproxy')) return []
  const file = { owner: 'root', group: 'root', mode: '0644', secret: false } as const
  return [
    { ...file, path: paths.haproxyConfig, content: renderConfig(input.spec, host), onChange: reload },
    {
      ...file,
      path: '/etc/systemd/system/haproxy.service.d/fleet.conf',
      content: dropIn,
      onChange: { do: 'restart', unit: 'haproxy' },
    },
    renderUsers(input),
    // Read as root before HAProxy gives its rights away, so nobody else needs the key.
    ...renderCertificateFiles(input, host, 'haproxy', 'root', reload),
  ]
}

function renderUsers({ secrets }: RenderInput): RenderedFile {
  return {
    path: haproxyUsersConfig,
    // Not hashed: crypt(3) at every request of a monitor would cost more than the page, and only root reads the file.
    content: section('userlist stats', [
      `user ${apiUsers.haproxyStats} insecure-password ${quoted(secrets.haproxyStats)}`,
    ]),
    mode: '0600',
    owner: 'root',
    group: 'root',
    secret: true,
    onChange: reload,
  }
}

function renderConfig(spec: ClusterSpec, host: HostSpec): string {
  return [
    `${fileHeader}\n`,
    renderGlobal(spec, host),
    renderDefaults(),
    renderWrites(spec),
    renderReads(spec),
    renderStats(spec, host),
    renderAlive(),
  ].join('\n')
}

function renderGlobal(spec: ClusterSpec, host: HostSpec): string {
  return section('global', [
    `node ${host.name}`,
    `description ${spec.name}`,
    'log /dev/log local0',
    'user haproxy',
    'group haproxy',
    'chroot /var/lib/haproxy',
    'stats socket /run/haproxy/admin.sock user root group haproxy mode 660 level admin',
    // Beside the databases' connections on both ports some for people and monitors, and for keepalived's check.
    `maxconn ${2 * spec.haproxy.maxConnections + 100}`,
    // After a reload the old process keeps its connections but checks nothing any more, so it could not close those to
    // a primary that died: they end before another can be promoted, if its Patroni worked at the reload.
    `hard-stop-after ${oldPrimaryAloneMs(spec)}ms`,
    // tls.key beside tls.crt, not tls.crt.key.
    'ssl-load-extra-del-ext',
    'ssl-default-bind-options ssl-min-ver TLSv1.2',
    'ssl-default-server-options ssl-min-ver TLSv1.2',
  ])
}

function renderDefaults(): string {
  return section('defaults', [
    'mode tcp',
    'log global',
    'option tcplog',
    'option dontlognull',
    // Every change of a server's health, with the reason: what an operator looks for after a failover.
    'option log-health-checks',
    'timeout connect 2s',
    // Longer than any pool keeps a connection idle: who is gone is found by the kernel's probes, not by silence.
    'timeout client 24h',
    'timeout server 24h',
    // A client that left: the server has so long to leave, too. One that hangs never would, and each client that tried it
    // would keep one of the connections that those after it need (the drill `postgresql-frozen`).
    `timeout client-fin ${halfClosedTimeoutS}s`,
    `timeout server-fin ${halfClosedTimeoutS}s`,
    'option clitcpka',
    'clitcpka-idle 10s',
    'clitcpka-intvl 5s',
    'clitcpka-cnt 3',
    'option srvtcpka',
    'srvtcpka-idle 2s',
    'srvtcpka-intvl 1s',
    'srvtcpka-cnt 3',
    // What a check may take after it is connected: a machine that is busy for a second is not dead, and marking the
    // primary down closes every session.
    `timeout check ${checkTimeoutMs / 1000}s`,
  ])
}

function renderWrites(spec: ClusterSpec): string {
  const nodes = hostsWith(spec, 'postgresql')
  const { checkIntervalMs, fastIntervalMs, fall, rise } = spec.haproxy
  // A promotion is seen when the next check of a server that is down comes.
  const downIntervalMs = Math.max(fastIntervalMs, Math.floor(checkIntervalMs / 2))
  const pace = `inter ${checkIntervalMs}ms fastinter ${fastIntervalMs}ms downinter ${downIntervalMs}ms fall ${fall} rise ${rise}`
  const gracePace = `inter ${graceIntervalMs}ms fall ${graceFall(spec)} rise 1`
  return section('listen writes', [
    `bind *:${ports.writes} tcp-ut ${clientUserTimeoutS}s`,
    `maxconn ${spec.haproxy.maxConnections}`,
    ...clientsOnly(spec),
    // There is one primary. Two are seen while HAProxy starts, when every server counts as up until its first check,
    // and at a failover until the old one's check has failed: better no connection than one to a standby.
    'tcp-request connection reject if { nbsrv(writes) gt 1 }',
    // HAProxy waits a second before it tries the same server again; the client is faster, and by then it is another.
    'retries 0',
    ...endsWhileConnecting,
    ...healthCheck('/primary'),
    serverDefaults('on-marked-down shutdown-sessions'),
    ...nodes.map((node) => `${server(node, node.name)} ${pace} on-marked-up shutdown-backup-sessions`),
    // When Patroni alone dies its primary goes on, and holds the lease. These servers take the connections until
    // Patroni is back, and give them up as soon as anyone says that it is the primary.
    ...nodes.map((node) => `${server(node, `${node.name}${graceSuffix}`)} ${gracePace} backup`),
  ])
}

/**
 * Without a filter HAProxy 3.0 never ends a session that it shuts down (on-marked-down, on-marked-up) while that one still
 * connects: each failover would leave some behind, until maxconn is used up. 4 GB/s limits nobody.
 */
const endsWhileConnecting = [
  'filter bwlim-in unlimited default-limit 4000m default-period 1s',
  'tcp-request content set-bandwidth-limit unlimited',
]

/** How often the grace servers are checked: more would only load Patroni. */
const graceIntervalMs = 2000
/** What an answer to a check may take once it is connected. */
const checkTimeoutMs = 2000

/**
 * From the moment a primary's Patroni stops until another can be promoted, at least: a lease after its last renewal,
 * and that may have been a round ago. What the old primary acknowledges from then on with the third node's help would
 * be lost, so no session may be left.
 */
const oldPrimaryAloneMs = ({ failover: { ttlS, loopWaitS } }: ClusterSpec): number =>
  (ttlS - loopWaitS) * 1000

/**
 * Failed checks after which a host is let go whose Patroni does not answer: within half the lease while its port
 * refuses. Where Patroni hangs (stopped, or starved) each check waits for its timeout first.
 */
function graceFall(spec: ClusterSpec): number {
  const whileRefused = (spec.failover.ttlS * 1000) / 2 / graceIntervalMs
  const whileHanging = oldPrimaryAloneMs(spec) / (graceIntervalMs + checkTimeoutMs)
  return Math.max(1, Math.floor(Math.min(whileRefused, whileHanging)))
}

function renderReads(spec: ClusterSpec): string {
  const { checkIntervalMs, fastIntervalMs, fall, rise } = spec.haproxy
  const pace = `inter ${checkIntervalMs}ms fastinter ${fastIntervalMs}ms fall ${fall} rise ${rise}`
  return section('listen reads', [
    `bind *:${ports.reads} tcp-ut ${clientUserTimeoutS}s`,
    `maxconn ${spec.haproxy.maxConnections}`,
    ...clientsOnly(spec),
    'balance leastconn',
    'retries 2',
    'option redispatch 1',
    // Without a replica that is near enough the primary answers reads too.
    'use_backend writes if { nbsrv(reads) eq 0 }',
    ...healthCheck(`/replica?lag=${readsMaximumLagBytes}`),
    // Sessions stay when a replica is only late, so that no report is cut off; a dead one's are closed by tcp-ut.
    serverDefaults(),
    ...hostsWith(spec, 'postgresql').map((node) => `${server(node, node.name)} ${pace}`),
  ])
}

function renderStats(spec: ClusterSpec, host: HostSpec): string {
  const peers = hostsWith(spec, 'haproxy').map(({ address }) => `${address}/32`)
  const { certificate } = certificatePaths('haproxy')
  return section('frontend stats', [
    `bind *:${ports.haproxyStats} ssl crt ${certificate} alpn http/1.1`,
    'mode http',
    'option httplog',
    'option dontlog-normal',
    'timeout client 10s',
    'timeout http-request 5s',
    // The other HAProxy asks whether it sees a primary: see keepalived's check.
    `acl from_operators src ${[...spec.network.operators, ...peers].join(' ')} 127.0.0.1`,
    'tcp-request connection reject unless from_operators',
    // Asked at the virtual address it tells who holds it.
    `http-request return status 200 content-type text/plain string "${host.name}" if { path /node }`,
    'http-request set-log-level silent if { path /primary }',
    'http-request return status 200 content-type text/plain string "primary" if { path /primary } { nbsrv(writes) eq 1 }',
    'http-request return status 503 content-type text/plain string "no primary" if { path /primary }',
    'http-request auth realm stats unless { http_auth(stats) }',
    'http-request use-service prometheus-exporter if { path /metrics }',
    'stats enable',
    'stats uri /',
    'stats refresh 5s',
    'stats show-node',
    `stats show-desc ${spec.name}`,
  ])
}

function renderAlive(): string {
  return section('frontend alive', [
    `bind 127.0.0.1:${ports.haproxyAlive}`,
    'mode http',
    'option httplog',
    // Asked every second.
    'http-request set-log-level silent',
    'timeout client 5s',
    'http-request return status 200 if { nbsrv(writes) ge 1 }',
    'http-request return status 503',
  ])
}

const clientsOnly = (spec: ClusterSpec): readonly string[] => [
  `acl from_clients src ${spec.network.clients.join(' ')}`,
  'tcp-request connection reject unless from_clients',
]

const healthCheck = (path: string): readonly string[] => [
  'option httpchk',
  `http-check send meth OPTIONS uri ${path}`,
  'http-check expect status 200',
]

const serverDefaults = (...more: readonly string[]): string =>
  [
    `default-server check port ${ports.patroni} check-ssl verify required ca-file ${certificatePaths('haproxy').authority}`,
    `tcp-ut ${serverUserTimeoutS}s`,
    ...more,
  ].join(' ')

/** The certificate must be the node's own: an address that another machine took over is not the node. */
const server = (node: HostSpec, name: string): string =>
  `server ${name} ${node.address}:${ports.postgresql} check-sni ${node.name} verifyhost ${node.name}`

const section = (title: string, lines: readonly string[]): string =>
  [title, ...lines.map((line) => `    ${line}`), ''].join('\n')

/** In single quotes HAProxy takes every character for itself but the quote (configuration manual, 2.2). */
function quoted(text: string): string {
  if (/['\r\n\0]/.test(text)) throw new Error('A password of haproxy has a quote or a line break.')
  return `'${text}'`
}

const dropIn = renderIni([
  { name: 'Unit', entries: [['StartLimitIntervalSec', 0]] },
  {
    name: 'Service',
    entries: [
      ['Environment', `"EXTRAOPTS=-f ${haproxyUsersConfig} -S /run/haproxy-master.sock"`],
      ['RestartSec', '200ms'],
      ['OOMScoreAdjust', -900],
    ],
  },
])
