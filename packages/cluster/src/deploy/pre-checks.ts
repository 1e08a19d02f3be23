import { paths, ports } from '../layout.ts'
import { type ClusterSpec, type HostSpec } from '../spec/cluster-spec.ts'
import { isWithin, parseAddress, parseNetwork } from '../spec/ipv4.ts'
import type { HostFacts, HostSurvey } from './host-facts.ts'

/** Why a host is refused. Each is a sentence with the value that was found. */
export interface HostProblem {
  readonly host: string
  readonly message: string
  readonly fix: string
}

const tolerableClockS = 1
/** The kernel keeps some of what is built in for itself. */
const memoryShare = 0.9
/** An empty cluster, its WAL and a first backup fit. */
const freshDataMb = 2_048
const freshRepositoryMb = 2_048
const freshEtcdMb = 512
/** Below this the next checkpoint or the next snapshot may fail. */
const runningMb = 256

/** Everything about the hosts that speaks against a deploy, all at once. Pure. */
export function preCheckHosts(spec: ClusterSpec, surveys: readonly HostSurvey[]): readonly HostProblem[] {
  const ofHosts = surveys.flatMap(({ host, facts, error }) => {
    const problem = (message: string, fix: string): HostProblem => ({ host: host.name, message, fix })
    if (error) return [problem(error.message, error.fix)]
    return checks.flatMap((check) => check(spec, host, facts, problem))
  })
  return [...ofHosts, ...checkVip(spec, surveys)]
}

/** Somebody else at the VIP would take part of the writes, or all. */
function checkVip({ network: { vip } }: ClusterSpec, surveys: readonly HostSurvey[]): readonly HostProblem[] {
  // A host that cannot be asked may be the one that holds it.
  if (surveys.some(({ error }) => error !== null)) return []
  const isHeld = surveys.some(({ facts }) =>
    Object.values(facts?.addresses ?? {}).some((own) => own.includes(vip)),
  )
  if (isHeld) return []
  const witness = surveys.find(({ facts }) => facts?.vipNeighbour)
  if (!witness) return []
  return [
    {
      host: witness.host.name,
      message: `The virtual IP ${vip} is in use: a machine with the hardware address ${witness.facts?.vipNeighbour} answers for it, and none of the cluster's hosts has it.`,
      fix: 'Find that machine and give it another address, or choose another network.vip in cluster.yml.',
    },
  ]
}

type Check = (
  spec: ClusterSpec,
  host: HostSpec,
  facts: HostFacts,
  problem: (message: string, fix: string) => HostProblem,
) => readonly HostProblem[]

const checkSystem: Check = (_, host, { os, hostname, memoryMb }, problem) => [
  ...(os.id === 'debian' && os.version === '13'
    ? []
    : [
        problem(
          `${host.name} runs ${os.id || 'an unknown system'} ${os.version}, and the cluster's packages are Debian 13's.`,
          `Install Debian 13 on ${host.name}.`,
        ),
      ]),
  ...(hostname === host.name
    ? []
    : [
        problem(
          `The host at ${host.address} calls itself ${hostname}, and cluster.yml calls it ${host.name}: certificates and Patroni go by the name.`,
          `On the host: hostnamectl set-hostname ${host.name}. Or correct the name or the address in cluster.yml.`,
        ),
      ]),
  ...(memoryMb >= host.memoryMb * memoryShare
    ? []
    : [
        problem(
          `${host.name} has ${memoryMb} MB of memory, and cluster.yml says ${host.memoryMb} MB, from which PostgreSQL's settings follow.`,
          `Set the memory of ${host.name} in cluster.yml to what it has.`,
        ),
      ]),
]

const checkClock: Check = (_, host, { clockOffsetS }, problem) => {
  const { least, most } = clockOffsetS
  const surelyOff = least > tolerableClockS || most < -tolerableClockS
  if (!surelyOff) return []
  const offS = (least + most) / 2
  return [
    problem(
      `The clock of ${host.name} is ${Math.abs(offS).toFixed(1)} s ${offS > 0 ? 'ahead of' : 'behind'} this machine's; more than ${tolerableClockS} s makes logs, certificates and recovery to a moment wrong.`,
      `See \`timedatectl\` and \`chronyc tracking\` on ${host.name} and on this machine; \`chronyc makestep\` sets the one that is wrong at once.`,
    ),
  ]
}

const checkNetwork: Check = (spec, host, { interfaces, addresses, sshClient }, problem) => {
  const problems: HostProblem[] = []
  const { interface: wanted, operators } = spec.network
  if (!interfaces.includes(wanted))
    problems.push(
      problem(
        `${host.name} has no network interface ${wanted}; it has ${interfaces.join(', ')}.`,
        'Correct network.interface in cluster.yml: it is the same on all hosts.',
      ),
    )
  else if (addresses && !(addresses[wanted] ?? []).includes(host.address))
    problems.push(
      problem(
        `The interface ${wanted} of ${host.name} does not carry ${host.address}; it has ${addresses[wanted]?.join(', ') || 'no address'}.`,
        'Correct the address or network.interface in cluster.yml, or set the address on the host.',
      ),
    )
  const client = sshClient === null ? null : parseAddress(sshClient)
  const isOperator = operators.some((cidr) => {
    const network = parseNetwork(cidr)
    return network !== null && client !== null && isWithin(network, client)
  })
  const isHost = spec.hosts.some(({ address }) => address === sshClient)
  if (client !== null && !isOperator && !isHost)
    problems.push(
      problem(
        `You reach ${host.name} from ${sshClient}, which is in none of network.operators (${operators.join(', ')}): the firewall of the cluster would lock you out.`,
        `Add ${sshClient}/32 or its network to network.operators in cluster.yml.`,
      ),
    )
  return problems
}

const checkDisks: Check = (spec, host, { disks, cluster }, problem) =>
  disks.flatMap(({ path, freeMb }) => {
    const fresh = cluster === null
    const wantedMb = !fresh
      ? runningMb
      : path === spec.postgresql.dataDirectory
        ? freshDataMb + spec.backup.archiveQueueMaxMb
        : host.roles.includes('backup') &&
            spec.backup.repository.type === 'path' &&
            path === spec.backup.repository.path
          ? freshRepositoryMb
          : freshEtcdMb
    if (freeMb >= wantedMb) return []
    return [
      problem(
        `${host.name} has ${freeMb} MB free at ${path}, and ${wantedMb} MB are needed${path === spec.postgresql.dataDirectory && fresh ? `: ${freshDataMb} MB for an empty cluster and backup.archive_queue_max of ${spec.backup.archiveQueueMaxMb} MB for WAL that waits` : ''}.`,
        `Make room on ${host.name}, or mount a larger disk at ${path}.`,
      ),
    ]
  })

const checkOwnership: Check = (spec, host, { cluster }, problem) =>
  cluster === null || cluster === spec.name
    ? []
    : [
        problem(
          `${host.name} belongs to the cluster ${cluster}, and this is ${spec.name}.`,
          `Take it out of ${cluster} first (\`fleet cluster destroy\` there), or correct the address in cluster.yml.`,
        ),
      ]

const checkForeignData: Check = (spec, host, facts, problem) => {
  const problems: HostProblem[] = []
  for (const { dataDirectory, pid, unit } of facts.postgresqlServers) {
    const ours = facts.cluster === spec.name && dataDirectory === spec.postgresql.dataDirectory
    if (ours || !host.roles.includes('postgresql')) continue
    problems.push(
      problem(
        `${host.name} runs another PostgreSQL (process ${pid}, ${unit ?? 'no systemd unit'}) with its data in ${dataDirectory}.`,
        unit?.startsWith('postgresql@')
          ? `Save its data if it is needed, then on ${host.name}: systemctl disable --now ${unit}`
          : `Stop it on ${host.name}, and keep it from starting again.`,
      ),
    )
  }
  if (facts.cluster !== null) return problems
  const busy = new Set(facts.postgresqlServers.map(({ dataDirectory }) => dataDirectory))
  for (const { path, empty } of facts.disks) {
    const isRepository = spec.backup.repository.type === 'path' && path === spec.backup.repository.path
    // A repository is kept by `destroy`, and pgBackRest knows whose it is; its spool holds notes only.
    if (empty || isRepository || busy.has(path) || path === paths.walSpool) continue
    problems.push(
      problem(
        `${host.name} has data in ${path} that no deploy of ${spec.name} has put there.`,
        `Look at it; move it away if it is needed, then: rm -r ${path}`,
      ),
    )
  }
  return problems
}

/** Who may listen where on a host of ours. */
function ownersOfPorts(host: HostSpec): ReadonlyMap<number, readonly string[]> {
  const owners = new Map<number, string[]>()
  const own = (port: number, unit: string) => owners.set(port, [...(owners.get(port) ?? []), unit])
  if (host.roles.includes('postgresql')) {
    own(ports.postgresql, 'patroni.service')
    own(ports.patroni, 'patroni.service')
  }
  if (host.roles.includes('etcd')) {
    own(ports.etcdClient, 'etcd.service')
    own(ports.etcdPeer, 'etcd.service')
  }
  if (host.roles.includes('haproxy'))
    for (const port of [ports.writes, ports.reads, ports.haproxyStats]) own(port, 'haproxy.service')
  if (host.roles.includes('postgresql') || host.roles.includes('backup'))
    own(ports.pgbackrest, 'pgbackrest.service')
  return owners
}

const checkPorts: Check = (spec, host, facts, problem) => {
  const owners = ownersOfPorts(host)
  return facts.listeners.flatMap(({ port, process, pid, unit }) => {
    const wanted = owners.get(port)
    if (!wanted) return []
    if (facts.cluster === spec.name && unit !== null && wanted.includes(unit)) return []
    // It has been named already, with its data.
    if (facts.postgresqlServers.some((server) => server.pid === pid)) return []
    return [
      problem(
        `Port ${port} of ${host.name} is taken by ${process}${pid === null ? '' : ` (process ${pid}${unit ? `, ${unit}` : ''})`}.`,
        unit
          ? `On ${host.name}: systemctl disable --now ${unit}`
          : `Stop it on ${host.name}, or find out who starts it.`,
      ),
    ]
  })
}

const checks: readonly Check[] = [
  checkSystem,
  checkClock,
  checkNetwork,
  checkDisks,
  checkOwnership,
  checkForeignData,
  checkPorts,
]
