import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { paths, ports } from '../layout.ts'
import { packagesOf } from '../packages.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'

const answer = z.object({
  hostname: z.string(),
  os: z.object({ id: z.string(), version: z.string() }),
  memoryMb: z.number(),
  interfaces: z.array(z.string()),
  /** IPv4 addresses by interface; null when the host has no `ip` program yet. */
  addresses: z.record(z.string(), z.array(z.string())).nullable(),
  disks: z.array(z.object({ path: z.string(), freeMb: z.number(), exists: z.boolean(), empty: z.boolean() })),
  listeners: z.array(
    z.object({
      port: z.number(),
      process: z.string(),
      pid: z.number().nullable(),
      unit: z.string().nullable(),
    }),
  ),
  postgresqlServers: z.array(
    z.object({ pid: z.number(), dataDirectory: z.string(), unit: z.string().nullable() }),
  ),
  missingPackages: z.array(z.string()),
  /** The cluster that a deploy of ours gave this host to; null for a fresh host. */
  cluster: z.string().nullable(),
  /** The hardware address that answered for the VIP; null when none did or the host was not asked. */
  vipNeighbour: z.string().nullable(),
  /** The operator's address as the host sees it. */
  sshClient: z.string().nullable(),
})

/** What a host is, as it says itself. */
export interface HostFacts extends z.output<typeof answer> {
  /** The host's clock minus ours, in seconds: somewhere between these two. */
  readonly clockOffsetS: { readonly least: number; readonly most: number }
}

export type HostSurvey =
  | { readonly host: HostSpec; readonly facts: HostFacts; readonly error: null }
  | { readonly host: HostSpec; readonly facts: null; readonly error: ClusterError }

const probe = readFileSync(new URL('./host-facts.py', import.meta.url), 'utf8')

/** Folders that fill, by host. The first that a database host has is PostgreSQL's. */
export function watchedPaths(spec: ClusterSpec, host: HostSpec): readonly string[] {
  const { repository } = spec.backup
  return [
    ...(host.roles.includes('postgresql') ? [spec.postgresql.dataDirectory, paths.walSpool] : []),
    ...(host.roles.includes('etcd') ? [paths.etcdData] : []),
    ...(host.roles.includes('backup') && repository.type === 'path' ? [repository.path] : []),
  ]
}

/**
 * Asks every host at once what it is. Nothing is changed.
 *
 * @param nowMs the controller's clock, milliseconds since 1970
 * @returns in the order of the spec; a host that cannot be asked has an error instead
 */
export function surveyHosts(
  spec: ClusterSpec,
  shell: HostShell,
  { nowMs, signal }: { nowMs: () => number; signal?: AbortSignal },
): Promise<readonly HostSurvey[]> {
  return Promise.all(
    spec.hosts.map(async (host) => {
      try {
        return { host, facts: await askHost(spec, host, shell, nowMs, signal), error: null }
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error
        return { host, facts: null, error }
      }
    }),
  )
}

async function askHost(
  spec: ClusterSpec,
  host: HostSpec,
  shell: HostShell,
  nowMs: () => number,
  signal: AbortSignal | undefined,
): Promise<HostFacts> {
  const request = {
    packages: packagesOf(spec, host),
    ports: Object.values(ports),
    paths: watchedPaths(spec, host),
    vip: host.roles.includes('haproxy') ? spec.network.vip : null,
  }
  const options = signal ? { signal } : {}
  const { exitCode, stdout, stderr } = await shell.run(
    host,
    ['/usr/bin/python3', '-', JSON.stringify(request)],
    { ...options, input: probe, timeoutMs: 60_000 },
  )
  if (exitCode !== 0) throw refusal(spec, host, exitCode, stderr)
  const facts = answer.parse(JSON.parse(stdout))
  return { ...facts, clockOffsetS: await compareClocks(host, shell, nowMs, options) }
}

/**
 * The host reads its clock somewhere between our two readings, so the offset is known as well as the way there and
 * back is short. The best of three counts: the first may have waited for a busy machine.
 */
async function compareClocks(
  host: HostSpec,
  shell: HostShell,
  nowMs: () => number,
  options: { signal?: AbortSignal },
): Promise<HostFacts['clockOffsetS']> {
  let best = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  for (let attempt = 0; attempt < 3 && best.most - best.least > 0.5; attempt++) {
    const sentS = nowMs() / 1000
    const { stdout } = await shell.run(host, ['date', '+%s.%N'], options)
    const receivedS = nowMs() / 1000
    const hostS = Number(stdout)
    const found = { least: hostS - receivedS, most: hostS - sentS }
    if (found.most - found.least < best.most - best.least) best = found
  }
  return best
}

function refusal(spec: ClusterSpec, host: HostSpec, exitCode: number, stderr: string): ClusterError {
  const said = stderr.trim().split('\n').at(-1) ?? ''
  if (/sudo:|a password is required|not in the sudoers/iu.test(stderr))
    return new ClusterError(
      'command_failed',
      `${host.name}: ${spec.ssh.user} cannot become root without a password: ${said}`,
      {
        fix: `As root on ${host.name}: apt-get install sudo && echo '${spec.ssh.user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/fleet`,
      },
    )
  if (exitCode === 127)
    return new ClusterError('command_failed', `${host.name} has no Python: ${said}`, {
      fix: `As root on ${host.name}: apt-get install python3`,
    })
  return new ClusterError('command_failed', `${host.name} could not be looked at: ${said}`)
}
