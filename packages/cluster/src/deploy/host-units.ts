import { paths, ports } from '../layout.ts'
import { checkSettlesS, haproxyCheckScript } from '../render/keepalived.ts'
import type { RenderedFile } from '../render/rendered-file.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'

/** A unit as our module settle_units takes it. */
export interface UnitWish {
  readonly name: string
  readonly state?: 'running' | 'stopped'
  /** systemd may pass it over: a container has no clock of its own to set. */
  readonly conditional?: boolean
  /** A command that succeeds on the host once the unit works. */
  readonly ready?: readonly string[]
  readonly ready_timeout_s?: number
}

/** The units of a host by the phase of the deploy that starts them; each in the order of starting. */
export interface HostUnits {
  /** Need no other host. */
  readonly base: readonly UnitWish[]
  readonly etcd: readonly UnitWish[]
  readonly patroni: readonly UnitWish[]
  readonly proxy: readonly UnitWish[]
  /** Rendered by us: they look after what the others do. */
  readonly upkeep: readonly UnitWish[]
}

const unitDirectory = '/etc/systemd/system/'
/** A standby copies the whole database before it is ready: hours for terabytes. */
const copyTimeoutS = 6 * 3600
const etcdTimeoutS = 60

/** @param files those of this host, which say what units of our own it has, and which of Debian's they are read by */
export function unitsOf(host: HostSpec, files: readonly RenderedFile[]): HostUnits {
  const own = files
    .filter(({ path, content }) => isUnitFile(path) && /^\[Install\]$/m.test(content))
    .map(({ path }) => ({ name: path.slice(unitDirectory.length) }))
  const runsPostgresql = host.roles.includes('postgresql')
  const when = (condition: boolean, ...units: UnitWish[]) => (condition ? units : [])
  const named: Omit<HostUnits, 'base'> = {
    etcd: when(host.roles.includes('etcd'), {
      name: 'etcd.service',
      ready: etcdReady(host),
      ready_timeout_s: etcdTimeoutS,
    }),
    patroni: when(runsPostgresql, {
      name: 'patroni.service',
      ready: ['sh', '-c', patroniReady(host)],
      ready_timeout_s: copyTimeoutS,
    }),
    proxy: when(
      host.roles.includes('haproxy'),
      { name: 'haproxy.service' },
      { name: 'keepalived.service', ready: ['sh', '-c', keepalivedReady] },
    ),
    upkeep: own.filter(({ name }) => !name.endsWith('.mount')),
  }
  const base: readonly UnitWish[] = [
    { name: 'chrony.service', conditional: true },
    { name: 'nftables.service' },
    ...own.filter(({ name }) => name.endsWith('.mount')),
    ...when(runsPostgresql || host.roles.includes('backup'), { name: 'pgbackrest.service' }),
  ]
  const known = new Set(allUnits({ base, ...named }).map(({ name }) => name))
  const others = new Set(files.map(unitOfChange).filter((name) => name !== null && !known.has(name)))
  return { base: [...[...others].map((name) => ({ name: name!, conditional: true })), ...base], ...named }
}

/** The unit that a changed file asks to restart or reload, with its suffix. */
export function unitOfChange({ onChange }: RenderedFile): string | null {
  if (onChange.do === 'nothing') return null
  return /\.(service|timer|mount|socket|path)$/.test(onChange.unit)
    ? onChange.unit
    : `${onChange.unit}.service`
}

const isUnitFile = (path: string): boolean =>
  path.startsWith(unitDirectory) && !path.slice(unitDirectory.length).includes('/')

export const allUnits = ({ base, etcd, patroni, proxy, upkeep }: HostUnits): readonly UnitWish[] => [
  ...base,
  ...etcd,
  ...patroni,
  ...proxy,
  ...upkeep,
]

/** Healthy is: this member has a leader and can commit. */
function etcdReady(host: HostSpec): readonly string[] {
  const tls = `${paths.tls}/etcd`
  return [
    'curl',
    '--silent',
    '--show-error',
    '--fail',
    '--max-time',
    '10',
    '--output',
    '/dev/null',
    '--cacert',
    `${tls}/ca.crt`,
    '--cert',
    `${tls}/tls.crt`,
    '--key',
    `${tls}/tls.key`,
    `https://${host.address}:${ports.etcdClient}/health`,
  ]
}

/**
 * keepalived goes by this check, and after a start only when it has passed a few times: until then this host cannot have
 * the virtual address, and the next host must keep it.
 */
const keepalivedReady = `started=$(systemctl show --property=ActiveEnterTimestampMonotonic --value keepalived.service)
now=$(awk '{ printf "%.0f", $1 * 1000000 }' /proc/uptime)
${haproxyCheckScript} && [ $((now - started)) -gt ${checkSettlesS * 1_000_000} ] ||
  { echo 'the check by which keepalived goes does not pass yet'; exit 1; }`

/**
 * A primary; or a standby that streams; or, when a whole cluster that was stopped comes up again, a PostgreSQL that
 * runs while nobody leads, because the member that may lead is started after it.
 */
function patroniReady(host: HostSpec): string {
  const ask = (path: string) =>
    `curl --silent --fail --max-time 10 --cacert ${paths.tls}/patroni/ca.crt 'https://${host.address}:${ports.patroni}${path}'`
  const asked = (path: string) => `${ask(path)} > /dev/null`
  return `${asked('/primary')} || ${asked('/replica?replication_state=streaming')} || {
  ${asked('/health')} && ! ${ask('/cluster')} | grep --quiet '"role": *"leader"'
} || { echo 'PostgreSQL is neither a primary nor a standby that streams'; exit 1; }`
}
