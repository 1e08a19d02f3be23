import { ClusterError } from '../cluster-error.ts'
import { paths } from '../layout.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import { withAnsibleInput } from './ansible-input.ts'
import type { DeployInput } from './deploy-cluster.ts'
import { withDeployLock } from './deploy-lock.ts'
import { type HostSurvey, surveyHosts } from './host-facts.ts'
import { runPlaybook } from './run-playbook.ts'
import { createSteps } from './steps.ts'

export interface DestroyInput extends Omit<DeployInput, 'secrets' | 'pki'> {
  /** Empties a repository on the backup host's own disk as well. NFS and S3 are never touched. */
  readonly backupsToo: boolean
}

export interface DestroyReport {
  readonly destroyed: readonly string[]
  /** Hosts that no deploy of this cluster had touched, or that belong to another: left alone. */
  readonly leftAlone: readonly string[]
  /** Hosts that could not be asked: they still have everything. */
  readonly unreachable: readonly string[]
  /** Where backups were left; null when there are none on a host. */
  readonly backupsKeptAt: string | null
}

/** Clients first, so that what they depend on is stopped last. What Debian runs by itself goes on. */
const stoppedUnits: Readonly<Record<HostSpec['roles'][number], readonly string[]>> = {
  haproxy: ['keepalived.service', 'haproxy.service'],
  postgresql: ['patroni.service', 'pgbackrest.service'],
  backup: ['pgbackrest.service'],
  etcd: ['etcd.service'],
}

/**
 * Stops the cluster's services and removes its data and files, on hosts that carry its mark and on no others. Packages
 * stay. May be run again after a failure.
 *
 * @throws ClusterError deploy_failed with host, step and words; missing_program
 */
export async function destroyCluster(input: DestroyInput): Promise<DestroyReport> {
  return withDeployLock(input.home, async () => {
    const { spec, shell, onEvent, signal, nowMs, backupsToo } = input
    const names = spec.hosts.map(({ name }) => name)
    const surveys = await createSteps(onEvent, nowMs).take('Look at the hosts', names, async () => ({
      value: await surveyHosts(spec, shell, { nowMs, signal }),
      changedHosts: [],
    }))
    const ours = surveys.filter(({ facts }) => facts?.cluster === spec.name)
    if (ours.length > 0) await removeFrom(input, ours)
    const { repository } = spec.backup
    return {
      destroyed: ours.map(({ host }) => host.name),
      leftAlone: surveys
        .filter(({ facts }) => facts && facts.cluster !== spec.name)
        .map(({ host }) => host.name),
      unreachable: surveys.filter(({ error }) => error !== null).map(({ host }) => host.name),
      backupsKeptAt: repository.type === 'path' && !backupsToo ? repository.path : null,
    }
  })
}

async function removeFrom(input: DestroyInput, ours: readonly HostSurvey[]): Promise<void> {
  const { home, spec, onEvent, signal, nowMs, env } = input
  const reached = { ...spec, hosts: ours.map(({ host }) => host) }
  const facts = new Map(ours.map((survey) => [survey.host.name, survey.facts]))
  await withAnsibleInput(
    home,
    {
      spec: reached,
      rendered: new Map(),
      variables: (host) => ({
        fleet_stopped_units: [...new Set(host.roles.flatMap((role) => stoppedUnits[role]))]
          .concat('nftables.service')
          .map((name) => ({ name, state: 'stopped' })),
        fleet_data_directories: dataDirectories(input, host).filter((path) =>
          facts.get(host.name)?.disks.some((disk) => disk.path === path && !disk.empty),
        ),
      }),
    },
    async (inventory) => {
      await runPlaybook({ spec: reached, playbook: 'destroy', inventory, onEvent, nowMs, env, signal })
    },
  )
}

function dataDirectories({ spec, backupsToo }: DestroyInput, host: HostSpec): readonly string[] {
  const { repository } = spec.backup
  return [
    ...(host.roles.includes('postgresql') ? [spec.postgresql.dataDirectory, paths.walSpool] : []),
    ...(host.roles.includes('etcd') ? [paths.etcdData] : []),
    ...(host.roles.includes('backup') && repository.type === 'path' && backupsToo ? [repository.path] : []),
  ]
}

/** @throws ClusterError command_failed when the name is not this cluster's */
export function confirmName(spec: ClusterSpec, typed: string): void {
  if (typed === spec.name) return
  throw new ClusterError(
    'command_failed',
    `This cluster is ${spec.name}, and you named ${typed || 'nothing'}.`,
    {
      fix: 'Nothing was changed. Look whether it is the right cluster.yml; its name must be typed as it is there.',
    },
  )
}
